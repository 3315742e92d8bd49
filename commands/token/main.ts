import { tokenCommand } from './command.ts'

process.exitCode = await tokenCommand.run(process.argv.slice(2), process)
