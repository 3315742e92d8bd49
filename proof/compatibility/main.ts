import { createProgressDisplay } from '../../platform/progress-display.ts'
import { createCompatibilityCommand } from './command.ts'

// npm run compatibility. A signal stops the tests and everything that was started.

const progress = createProgressDisplay(process.stderr)
const stopping = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => stopping.abort())

const compatibilityCommand = createCompatibilityCommand({ progress, signal: stopping.signal })
process.exitCode = await compatibilityCommand.run(process.argv.slice(2), process)
