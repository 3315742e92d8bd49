import { benchCommand } from './command.ts'

// After a signal the rounds are left as they are: nothing waits for them.
process.exit(await benchCommand.run(process.argv.slice(2), process))
