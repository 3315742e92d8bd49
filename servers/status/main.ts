import { statusCommand } from './command.ts'

process.exitCode = await statusCommand.run(process.argv.slice(2), process)
