import { auditCommand } from './command.ts'

process.exitCode = await auditCommand.run(process.argv.slice(2), process)
