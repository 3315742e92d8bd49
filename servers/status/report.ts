import { banner } from '../launch/banner.ts'
import { createDemoToken } from '../launch/demo-campaign.ts'
import { readEnvironment } from '../launch/launch-folder.ts'
import { shortPath } from '../short-path.ts'
import type { LaunchStatus } from './read-status.ts'

/** The banner of what runs, or one sentence when nothing does. */
export const statusText = async (status: LaunchStatus): Promise<string> => {
  const folder = shortPath(status.folder)
  if (status.state === 'stopped') return `firstcome is not running on ${folder}. npm start starts it.\n`
  if (status.state === 'starting-or-stopping')
    return `firstcome is starting or stopping on ${folder} (npm start is process ${status.pid}).\n`
  const { facts, pid, health } = status
  const startedAt = facts.startedAt.slice(0, 19).replace('T', ' ')
  const { JWT_SECRET = '' } = await readEnvironment(status.folder)
  const text = banner(facts, {
    headline: `firstcome has been running since ${startedAt} UTC (npm start is process ${pid}).`,
    token: createDemoToken(JWT_SECRET),
    workingFolder: process.cwd(),
    health,
  })
  return `${text}\n`
}

/** The facts of the banner for a program, without the token. */
export const statusDocument = (status: LaunchStatus): object => {
  if (status.state !== 'running') return status
  const { state, pid, facts, health } = status
  return {
    state,
    pid,
    ...facts,
    api: { ...facts.api, health: health.api },
    worker: { ...facts.worker, health: health.worker },
  }
}
