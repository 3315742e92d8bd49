import { join } from 'node:path'
import { findFreePort } from '../../../servers/ports.ts'
import { type ProcessHandle, startProcess } from '../../../servers/processes/start-process.ts'
import { until } from '../values/until.ts'

const root = join(import.meta.dirname, '..', '..', '..')

/**
 * A process of ours under test: where it answers, where its metrics are, and the handle to stop or kill it.
 */
export type Running = ProcessHandle & { url: string; metricsUrl: string }

export type PartOptions = {
  folder: string
  /** What to wait for: that it answers at all, or that it says it is ready. */
  waitFor: 'live' | 'ready'
  /** Where it listens, as one that was there before did; a free port when left out. */
  port?: number
}

/** Starts `api/main.ts` or `worker/main.ts` with these settings. */
export const startPart = async (
  part: 'api' | 'worker',
  environment: Record<string, string>,
  { folder, waitFor, port: given }: PartOptions,
): Promise<Running> => {
  const port = given ?? (await findFreePort())
  const metricsPort = await findFreePort()
  const url = `http://127.0.0.1:${port}`
  const handle = await startProcess({
    name: part,
    command: process.execPath,
    arguments: [join(root, part, 'main.ts')],
    environment: {
      PATH: process.env['PATH'],
      LOG_LEVEL: 'debug',
      // No balancer has to hear that it goes.
      STOP_DELAY_MS: '0',
      // One user of a test presses as often as it takes.
      USER_RATE_MAX: '0',
      ...environment,
      [part === 'api' ? 'API_PORT' : 'WORKER_PORT']: String(port),
      [part === 'api' ? 'API_METRICS_PORT' : 'WORKER_METRICS_PORT']: String(metricsPort),
    },
    folder: join(folder, `${part}-${port}`),
    stopWithinMs: 8_000,
  })
  let ended = false
  void handle.exited.then(() => {
    ended = true
  })
  await until(`${part} is ${waitFor}`, async () => {
    if (ended) return true
    return (await fetch(`${url}/${waitFor === 'live' ? 'livez' : 'readyz'}`)).status === 200
  })
  if (ended) throw new Error(`${part} ended: ${handle.lastLines(10).join('\n')}`)
  return { ...handle, url, metricsUrl: `http://127.0.0.1:${metricsPort}/metrics` }
}
