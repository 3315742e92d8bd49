import { migrateCommand } from './command.ts'

process.exitCode = await migrateCommand.run(process.argv.slice(2), process)
