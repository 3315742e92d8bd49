import { createProgressDisplay } from '../platform/progress-display.ts'
import { createStartCommand } from './launch/command.ts'

// When the terminal was closed, what was started still has to be stopped.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

const startCommand = createStartCommand(createProgressDisplay(process.stderr))
process.exit(await startCommand.run(process.argv.slice(2), process))
