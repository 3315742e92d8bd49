import { createProgressDisplay } from '../../platform/progress-display.ts'
import { createSetupCommand } from './command.ts'

// npm run setup. A signal stops the installers.

const stopping = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => stopping.abort())

const setupCommand = createSetupCommand({
  progress: createProgressDisplay(process.stderr),
  signal: stopping.signal,
})
process.exitCode = await setupCommand.run(process.argv.slice(2), process)
