import { join } from 'node:path'
import { createTokenSigner } from '../platform/http/token.ts'
import { startServers } from './start-servers.ts'
import { banner } from './launch/banner.ts'
import { runProgram } from './processes/run-program.ts'
import { portUses, readConfiguration } from './launch/launch-configuration.ts'
import { createDemoCampaign, waitForHealth } from './launch/demo-campaign.ts'
import { readSecrets, takeFolder, writeEnvironment } from './launch/launch-folder.ts'
import { runUntilStopped } from './launch/run-until-stopped.ts'
import { requireFreePorts } from './ports.ts'
import { startProcess, stopInOrder } from './processes/start-process.ts'
import { createProgressDisplay } from '../platform/progress-display.ts'

// npm start: everything on this machine, from nothing to a banner, and back to nothing on Ctrl-C.

const root = join(import.meta.dirname, '..')
const tokenLifetimeSeconds = 7 * 24 * 60 * 60
// What the API leaves of it is the worker's.
const ownStopWithinMs = 8_000
const apiStopWithinMs = 5_000
const progress = createProgressDisplay(process.stderr)

// A terminal that was closed must not keep us from stopping what we started.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

const exitCode = await runUntilStopped(progress, async ({ keep, signal }) => {
  const configuration = readConfiguration(process.env, process.argv.slice(2))
  const { folder, apiPort, workerPort, apiMetricsPort, workerMetricsPort } = configuration
  const giveBack = await takeFolder(folder, configuration.isFresh)
  keep({ name: 'launcher', handles: [], stop: giveBack })
  await requireFreePorts(portUses(configuration))

  const servers = await startServers({
    folder,
    ports: configuration.serverPorts,
    environment: process.env,
    progress,
    signal,
  })
  keep({ name: 'Redis, Kafka, MySQL', handles: servers.handles, stop: servers.stop })

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
  await progress.step('migrating', () => runProgram(migrations))

  const program = { command: process.execPath, environment }
  const worker = await startProcess({
    ...program,
    name: 'worker',
    arguments: [join(root, 'worker', 'main.ts')],
    folder: join(folder, 'worker'),
    stopWithinMs: ownStopWithinMs,
  })
  keep({ name: 'worker', handles: [worker], stop: worker.stop })
  const api = await startProcess({
    ...program,
    name: 'api',
    arguments: [join(root, 'api', 'main.ts')],
    folder: join(folder, 'api'),
    stopWithinMs: apiStopWithinMs,
  })
  keep({ name: 'API and worker', handles: [api], stop: () => stopInOrder([api, worker], ownStopWithinMs) })

  const health = (name: string, url: string): Promise<void> =>
    progress.step(`${name}: getting ready`, () =>
      waitForHealth({ name, url: `${url}/readyz`, timeoutMs: 60_000 }, signal),
    )
  await Promise.all([health('API', apiUrl), health('worker', workerUrl)])
  const campaign = await createDemoCampaign(
    { apiUrl, adminToken: secrets.ADMIN_TOKEN, now: Date.now() },
    signal,
  )
  const user = 'alice'

  process.stdout.write(
    `${banner({
      apiUrl,
      workerUrl,
      metricsUrls: [apiMetricsPort, workerMetricsPort].map((port) => `http://127.0.0.1:${port}/metrics`),
      redisUrl: servers.environment.REDIS_URL,
      kafkaBrokers: servers.environment.KAFKA_BROKERS,
      databaseUrl: servers.environment.DATABASE_URL,
      campaign,
      user,
      token: createTokenSigner(secrets.JWT_SECRET)(user, tokenLifetimeSeconds),
      folder,
      workingFolder: process.cwd(),
    })}\n`,
  )
})
process.exit(exitCode)
