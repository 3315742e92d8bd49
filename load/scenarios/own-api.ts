import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Failure } from '../../platform/failure.ts'

/** An API process of a measurement. */
export type OwnApi = { readonly url: string; readonly metricsUrl: string; stop(): Promise<void> }

const startMs = 20_000
const lookIntervalMs = 100
const program = fileURLToPath(new URL('../../api/main.ts', import.meta.url))

const takeFreePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Ends a process when its standard input is closed, as it is when its parent ends. */
const endWithInput = `data:text/javascript,process.stdin.resume().once('end',()=>process.kill(process.pid,'SIGTERM'))`

/**
 * Starts one on free ports, with the settings of `environment` but for `changes`. It ends with this process,
 * however that ends.
 */
export const startOwnApi = async (
  environment: NodeJS.ProcessEnv,
  changes: Record<string, string>,
): Promise<OwnApi> => {
  const [port, metricsPort] = [await takeFreePort(), await takeFreePort()]
  const child = spawn(process.execPath, ['--import', endWithInput, program], {
    env: {
      // A run presses as fast as it can.
      ...{ CLIENT_RATE_MAX: '0', USER_RATE_MAX: '0' },
      ...environment,
      ...{ API_HOST: '127.0.0.1', API_PORT: String(port), API_METRICS_PORT: String(metricsPort) },
      ...{ METRICS_HOST: '127.0.0.1', API_PROCESSES: '1', STOP_DELAY_MS: '0', LOG_LEVEL: 'error' },
      ...changes,
    },
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  const exited = once(child, 'exit')
  const url = `http://127.0.0.1:${port}`
  const isReady = async (): Promise<boolean> => {
    try {
      return (await fetch(`${url}/readyz`)).ok
    } catch {
      return false
    }
  }
  for (let waitedMs = 0; !(await isReady()); waitedMs += lookIntervalMs) {
    if (child.exitCode !== null || waitedMs > startMs) {
      child.kill('SIGKILL')
      throw new Failure('unavailable', 'an API process of the measurement did not start')
    }
    await wait(lookIntervalMs)
  }
  return {
    url,
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}

/** Runs one while `work` runs. */
export const withOwnApi = async <Result>(
  start: () => Promise<OwnApi>,
  work: (api: OwnApi) => Promise<Result>,
): Promise<Result> => {
  const api = await start()
  try {
    return await work(api)
  } finally {
    await api.stop()
  }
}

/** Runs `count` of them while `work` runs. */
export const withOwnApis = async <Result>(
  count: number,
  start: () => Promise<OwnApi>,
  work: (apis: readonly OwnApi[]) => Promise<Result>,
): Promise<Result> => {
  const apis: OwnApi[] = []
  try {
    while (apis.length < count) apis.push(await start())
    return await work(apis)
  } finally {
    await Promise.all(apis.map((api) => api.stop()))
  }
}
