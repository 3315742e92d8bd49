import { join } from 'node:path'
import { createProgressDisplay } from '../platform/progress-display.ts'
import { banner } from './launch/banner.ts'
import { createDemoCampaign, createDemoToken, demoUser } from './launch/demo-campaign.ts'
import { portUses, readLaunchConfiguration, startHelp } from './launch/launch-configuration.ts'
import { collectServerFacts, removeLaunchFacts, writeLaunchFacts } from './launch/launch-facts.ts'
import { acquireFolder, readSecrets, writeEnvironment } from './launch/launch-folder.ts'
import { runUntilStopped } from './launch/run-until-stopped.ts'
import { waitForHealth } from './launch/wait-for-health.ts'
import { requireFreePorts } from './ports.ts'
import { runProgram } from './processes/run-program.ts'
import { startProcess, stopInOrder } from './processes/start-process.ts'
import { startServers } from './start-servers.ts'

// npm start: installs what is missing, starts everything, prints the banner, and stops everything on Ctrl-C.

const root = join(import.meta.dirname, '..')
const stopWithinMs = 8_000
// The worker has the rest of the 8 s.
const apiStopWithinMs = 5_000
const progress = createProgressDisplay(process.stderr)
const words = process.argv.slice(2)

if (words.includes('--help') || words.includes('-h')) {
  process.stdout.write(`${startHelp}\n`)
  process.exit()
}

// When the terminal was closed, what was started still has to be stopped.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

const exitCode = await runUntilStopped(progress, async ({ register, signal }) => {
  const configuration = readLaunchConfiguration(process.env, words)
  const { folder, apiPort, workerPort, apiMetricsPort, workerMetricsPort } = configuration
  const release = await acquireFolder(folder, configuration.isFresh)
  register({ name: 'launcher', handles: [], stop: release })
  await requireFreePorts(portUses(configuration))

  const servers = await startServers({
    folder,
    ports: configuration.serverPorts,
    environment: process.env,
    mayInstall: configuration.mayInstall,
    progress,
    signal,
  })
  register({ name: 'Redis, Kafka and database', handles: servers.handles, stop: servers.stop })

  const secrets = await readSecrets(folder, configuration)
  const apiUrl = `http://127.0.0.1:${apiPort}`
  const workerUrl = `http://127.0.0.1:${workerPort}`
  const variables = {
    ...servers.environment,
    ...secrets,
    API_PORT: String(apiPort),
    WORKER_PORT: String(workerPort),
    API_METRICS_PORT: String(apiMetricsPort),
    WORKER_METRICS_PORT: String(workerMetricsPort),
    API_URL: apiUrl,
  }
  await writeEnvironment(folder, variables)

  const environment = { ...process.env, ...variables }
  const migrations = {
    command: process.execPath,
    arguments: [join(root, 'migrations', 'main.ts')],
    environment,
    logFile: join(folder, 'migrations.log'),
    timeoutMs: 60_000,
    signal,
  }
  await progress.step('creating tables and topics', () => runProgram(migrations))

  const program = { command: process.execPath, environment }
  const worker = await startProcess({
    ...program,
    name: 'worker',
    arguments: [join(root, 'worker', 'main.ts')],
    folder: join(folder, 'worker'),
    stopWithinMs,
  })
  register({ name: 'worker', handles: [worker], stop: worker.stop })
  const api = await startProcess({
    ...program,
    name: 'api',
    arguments: [join(root, 'api', 'main.ts')],
    folder: join(folder, 'api'),
    stopWithinMs: apiStopWithinMs,
  })
  register({ name: 'API and worker', handles: [api], stop: () => stopInOrder([api, worker], stopWithinMs) })

  const waitFor = (name: string, url: string): Promise<void> =>
    progress.step(`${name}: getting ready`, () =>
      waitForHealth({ name, url: `${url}/readyz`, timeoutMs: 60_000 }, signal),
    )
  await Promise.all([waitFor('API', apiUrl), waitFor('worker', workerUrl)])
  const campaign = await createDemoCampaign(
    { apiUrl, adminToken: secrets.ADMIN_TOKEN, now: Date.now() },
    signal,
  )

  const facts = {
    startedAt: new Date().toISOString(),
    folder,
    api: { url: apiUrl, metricsUrl: `http://127.0.0.1:${apiMetricsPort}/metrics` },
    worker: { url: workerUrl, metricsUrl: `http://127.0.0.1:${workerMetricsPort}/metrics` },
    servers: await collectServerFacts(servers),
    campaign,
    user: demoUser,
  }
  await writeLaunchFacts(facts)
  register({ name: 'status', handles: [], stop: () => removeLaunchFacts(folder) })
  const text = banner(facts, {
    headline: 'firstcome is running.',
    token: createDemoToken(secrets.JWT_SECRET),
    workingFolder: process.cwd(),
  })
  process.stdout.write(`${text}\n`)
})
process.exit(exitCode)
