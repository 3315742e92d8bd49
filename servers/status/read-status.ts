import { type LaunchFacts, readLaunchFacts } from '../launch/launch-facts.ts'
import { findLauncher } from '../launch/launch-folder.ts'

/** Whether `npm start` runs on a folder, and what it started there. */
export type LaunchStatus =
  | { state: 'stopped'; folder: string }
  /** Between the start of `npm start` and its banner, or while it stops. */
  | { state: 'starting-or-stopping'; folder: string; pid: number }
  | { state: 'running'; folder: string; pid: number; facts: LaunchFacts; health: Health }

export type Health = { api: string; worker: string }

const healthTimeoutMs = 2_000

const askHealth = async (url: string): Promise<string> => {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(healthTimeoutMs) })
    return response.ok ? 'ready' : `not ready (${response.status})`
  } catch {
    return 'not ready (no answer)'
  }
}

export const readStatus = async (folder: string): Promise<LaunchStatus> => {
  const pid = await findLauncher(folder)
  if (pid === undefined) return { state: 'stopped', folder }
  const facts = await readLaunchFacts(folder)
  if (facts === undefined) return { state: 'starting-or-stopping', folder, pid }
  const [api, worker] = await Promise.all([askHealth(facts.api.url), askHealth(facts.worker.url)])
  return { state: 'running', folder, pid, facts, health: { api, worker } }
}
