import { dlqCommand } from './command.ts'

process.exitCode = await dlqCommand.run(process.argv.slice(2), process)
