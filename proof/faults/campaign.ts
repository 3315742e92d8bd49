import { setTimeout as wait } from 'node:timers/promises'
import { createApiClient } from '../../load/people/api-client.ts'

export type CampaignOptions = {
  /** Origin of an API process. */
  url: string
  adminToken: string
  stock: number
  /** It closes by itself, so that a later round does not keep it. */
  opensForMs: number
  now(): number
  limitMs: number
}

const answerTimeoutMs = 10_000
const pauseMs = 200

/** Creates the campaign of a round and returns its id. Rejects `unavailable` when nobody would within `limitMs`. */
export const createCampaign = async (options: CampaignOptions): Promise<string> => {
  const { url, adminToken, stock, opensForMs, now } = options
  const api = createApiClient({ url, adminToken, connections: 1, answerTimeoutMs })
  const untilMs = now() + options.limitMs
  try {
    for (;;) {
      try {
        return await api.createCampaign('Fault round', stock, opensForMs)
      } catch (cause) {
        if (now() >= untilMs) throw cause
        await wait(pauseMs)
      }
    }
  } finally {
    await api.close()
  }
}
