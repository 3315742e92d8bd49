import { doctorCommand } from './command.ts'

process.exitCode = await doctorCommand.run(process.argv.slice(2), process)
