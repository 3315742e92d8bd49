import { benchCommand } from './command.ts'
import { compareCommand } from './compare-command.ts'

const [first, ...others] = process.argv.slice(2)
// After a signal the rounds are left as they are: nothing waits for them.
process.exit(
  first === 'compare'
    ? await compareCommand.run(others, process)
    : await benchCommand.run(process.argv.slice(2), process),
)
