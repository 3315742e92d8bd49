import { benchCommand } from './command.ts'

process.exitCode = await benchCommand.run(process.argv.slice(2), process)
