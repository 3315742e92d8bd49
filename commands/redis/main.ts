import { redisCommand } from './command.ts'

process.exitCode = await redisCommand.run(process.argv.slice(2), process)
