import { join, resolve } from 'node:path'
import { z } from 'zod'
import { serverConnectionSettings, serverConnections } from '../../platform/connections/server-connections.ts'
import type { ProgressDisplay } from '../../platform/progress-display.ts'
import { readSettings } from '../../platform/settings.ts'
import { requireFreePorts } from '../ports.ts'
import { runProgram } from '../processes/run-program.ts'
import { startProcess, stopInOrder } from '../processes/start-process.ts'
import { type StartedServers, startServers } from '../start-servers.ts'
import { createDemoCampaign, demoUser } from './demo-campaign.ts'
import { type LaunchConfiguration, portUses } from './launch-configuration.ts'
import { collectServerFacts, type LaunchFacts, removeLaunchFacts, writeLaunchFacts } from './launch-facts.ts'
import {
  acquireFolder,
  type LaunchSecrets,
  readSecrets,
  writeEnvironment,
  writeOwnAddresses,
} from './launch-folder.ts'
import type { LaunchScope } from './run-until-stopped.ts'
import { waitForHealth } from './wait-for-health.ts'

export type StartAllOptions = {
  configuration: LaunchConfiguration
  environment: NodeJS.ProcessEnv
  progress: ProgressDisplay
}

const root = join(import.meta.dirname, '..', '..')
const stopWithinMs = 8_000
// The worker has the rest of the 8 s.
const apiStopWithinMs = 5_000
const readyWithinMs = 60_000

const processFacts = (port: number, metricsPort: number): LaunchFacts['api'] => ({
  url: `http://127.0.0.1:${port}`,
  metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
})

/** The variables of every process of the project. */
const variablesOf = (
  { apiPort, workerPort, apiMetricsPort, workerMetricsPort }: LaunchConfiguration,
  servers: StartedServers,
  secrets: LaunchSecrets,
): Record<string, string> => ({
  ...servers.environment,
  ...secrets,
  API_PORT: String(apiPort),
  WORKER_PORT: String(workerPort),
  API_METRICS_PORT: String(apiMetricsPort),
  WORKER_METRICS_PORT: String(workerMetricsPort),
  API_URL: processFacts(apiPort, apiMetricsPort).url,
  DEMO_SIGN_IN: 'true',
  REHEARSAL_SHOPPERS_MAX: '20000',
})

/**
 * What the environment says of TLS and credentials. Files by their whole path: commands that read the file of
 * variables may run in another folder.
 */
const givenConnections = (environment: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(
    Object.keys(serverConnectionSettings).flatMap((name) => {
      const value = environment[name] ?? ''
      return value === '' ? [] : [[name, name.endsWith('_FILE') ? resolve(value) : value]]
    }),
  )

/** Load runs press as fast as they can, for one user and from one address too. */
const noRates = { CLIENT_RATE_MAX: '0', USER_RATE_MAX: '0' }

/** Creates tables and topics, then starts the worker and the API. */
const startProcesses = async (
  { configuration: { folder }, environment, progress }: StartAllOptions,
  { register, signal }: LaunchScope,
): Promise<void> => {
  const migrations = {
    command: process.execPath,
    arguments: [join(root, 'migrations', 'main.ts')],
    environment,
    logFile: join(folder, 'migrations.log'),
    timeoutMs: readyWithinMs,
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
}

/**
 * Installs what is missing, starts everything and registers it with `scope`. Resolves when everything is
 * ready.
 */
export const startAll = async (
  options: StartAllOptions,
  scope: LaunchScope,
): Promise<{ facts: LaunchFacts; jwtSecret: string }> => {
  const { configuration, environment, progress } = options
  const { register, signal } = scope
  const { folder } = configuration
  const release = await acquireFolder(folder, configuration.isFresh)
  register({ name: 'launcher', handles: [], stop: release })
  await requireFreePorts(portUses(configuration))

  const servers = await startServers({
    folder,
    ports: configuration.serverPorts,
    environment,
    mayInstall: configuration.mayInstall,
    progress,
    signal,
  })
  register({ name: 'Redis, Kafka and database', handles: servers.handles, stop: servers.stop })

  const secrets = await readSecrets(folder, configuration)
  const variables = { ...givenConnections(environment), ...variablesOf(configuration, servers, secrets) }
  const connectionSettings = readSettings(z.object(serverConnectionSettings), variables)
  await writeOwnAddresses(folder, servers)
  await writeEnvironment(folder, variables)
  await startProcesses({ ...options, environment: { ...noRates, ...environment, ...variables } }, scope)

  const api = processFacts(configuration.apiPort, configuration.apiMetricsPort)
  const worker = processFacts(configuration.workerPort, configuration.workerMetricsPort)
  const waitFor = (name: string, url: string): Promise<void> =>
    progress.step(`${name}: getting ready`, () =>
      waitForHealth({ name, url: `${url}/readyz`, timeoutMs: readyWithinMs }, signal),
    )
  await Promise.all([waitFor('API', api.url), waitFor('worker', worker.url)])
  const facts = {
    startedAt: new Date().toISOString(),
    folder,
    api,
    worker,
    servers: await collectServerFacts(servers.sources, serverConnections(connectionSettings)),
    campaign: await createDemoCampaign(
      { apiUrl: api.url, adminToken: secrets.ADMIN_TOKEN, now: Date.now() },
      signal,
    ),
    user: demoUser,
  }
  await writeLaunchFacts(facts)
  register({ name: 'status', handles: [], stop: () => removeLaunchFacts(folder) })
  return { facts, jwtSecret: secrets.JWT_SECRET }
}
