import { loadCommand } from './command.ts'

process.exitCode = await loadCommand.run(process.argv.slice(2), process)
