import { createProgressDisplay } from '../../platform/progress-display.ts'
import { createFuzzCommand } from './command.ts'

const fuzzCommand = createFuzzCommand(createProgressDisplay(process.stderr))
// After a signal a request can be under way: nothing waits for it.
process.exit(await fuzzCommand.run(process.argv.slice(2), process))
