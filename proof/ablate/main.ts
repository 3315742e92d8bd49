import { ablateCommand } from './command.ts'

process.exitCode = await ablateCommand.run(process.argv.slice(2), process)
