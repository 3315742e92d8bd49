import { createProgressDisplay } from '../../platform/progress-display.ts'
import { createFaultsCommand } from './command.ts'

// npm run faults. The first signal ends the round, a second one everything at once.

const interrupted = 130
const progress = createProgressDisplay(process.stderr)
const stopping = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(name, () => {
    if (stopping.signal.aborted) process.exit(interrupted)
    progress.say('stopping; a second signal ends it at once')
    stopping.abort()
  })

const faultsCommand = createFaultsCommand({ progress, signal: stopping.signal })
const exitCode = await faultsCommand.run(process.argv.slice(2), process)
// Connections that are still open must not keep the process alive.
process.exit(stopping.signal.aborted ? interrupted : exitCode)
