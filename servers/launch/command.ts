import { join } from 'node:path'
import { defineCommand } from '../../platform/command.ts'
import { flag } from '../../platform/option.ts'
import type { ProgressDisplay } from '../../platform/progress-display.ts'
import { requireFreePorts } from '../ports.ts'
import { runProgram } from '../processes/run-program.ts'
import { startProcess, stopInOrder } from '../processes/start-process.ts'
import { startServers } from '../start-servers.ts'
import { banner } from './banner.ts'
import { createDemoCampaign, createDemoToken, demoUser } from './demo-campaign.ts'
import {
  type LaunchConfiguration,
  launchConfigurationOf,
  launchSettings,
  portUses,
} from './launch-configuration.ts'
import { collectServerFacts, type LaunchFacts, removeLaunchFacts, writeLaunchFacts } from './launch-facts.ts'
import { acquireFolder, readSecrets, writeEnvironment } from './launch-folder.ts'
import { type LaunchScope, runUntilStopped } from './run-until-stopped.ts'
import { waitForHealth } from './wait-for-health.ts'

const root = join(import.meta.dirname, '..', '..')
const stopWithinMs = 8_000
// The worker has the rest of the 8 s.
const apiStopWithinMs = 5_000

/** Starts everything, and registers it with the scope that stops it. */
const startAll = async (
  configuration: LaunchConfiguration,
  ownEnvironment: NodeJS.ProcessEnv,
  progress: ProgressDisplay,
  { register, signal }: LaunchScope,
): Promise<{ facts: LaunchFacts; jwtSecret: string }> => {
  const { folder, apiPort, workerPort, apiMetricsPort, workerMetricsPort } = configuration
  const release = await acquireFolder(folder, configuration.isFresh)
  register({ name: 'launcher', handles: [], stop: release })
  await requireFreePorts(portUses(configuration))

  const servers = await startServers({
    folder,
    ports: configuration.serverPorts,
    environment: ownEnvironment,
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

  const environment = { ...ownEnvironment, ...variables }
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
  return { facts, jwtSecret: secrets.JWT_SECRET }
}

/** Installs what is missing, starts everything, prints the banner, and stops everything on a signal. */
export const createStartCommand = (progress: ProgressDisplay) =>
  defineCommand({
    name: 'npm start --',
    summary: 'Installs what is missing, starts everything on this machine, and stops it on Ctrl-C.',
    options: {
      fresh: flag('deletes the data and the secrets of earlier runs first'),
      'no-install': flag('installs nothing: when something is missing, prints the commands that install it'),
    },
    jsonHelp: 'prints what runs as one JSON document, without secrets, and not the banner',
    settings: launchSettings,
    exitCodes: {
      stopped: [0, 'stopped by a signal'],
      failed: [1, 'something is missing or did not start, or a process exited unexpectedly'],
      killed: [130, 'killed by a second signal'],
    },
    async run(
      { fresh, 'no-install': isForbidden },
      { settings, environment, print },
    ): Promise<'stopped' | 'failed' | 'killed'> {
      const configuration = launchConfigurationOf(settings, { isFresh: fresh, mayInstall: !isForbidden })
      const exitCode = await runUntilStopped(progress, async (scope) => {
        const { facts, jwtSecret } = await startAll(configuration, environment, progress, scope)
        const text = banner(facts, {
          headline: 'firstcome is running.',
          token: createDemoToken(jwtSecret),
          workingFolder: process.cwd(),
        })
        // With a closed output, as in `npm start | head`, what was started keeps running.
        await print({ text: `${text}\n`, json: facts }).catch(() => undefined)
      })
      return exitCode === 0 ? 'stopped' : 'failed'
    },
  })
