import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { Failure, messageOf } from '../platform/failure.ts'

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

const createdShape = z.object({ id: z.string() })
const answerWithinMs = 10_000
const pauseMs = 200

const createOnce = async ({ url, adminToken, stock, opensForMs, now }: CampaignOptions): Promise<string> => {
  const at = (offsetMs: number): string => new Date(now() + offsetMs).toISOString()
  const response = await fetch(`${url}/v1/admin/campaigns`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ name: 'Fault round', stock, opensAt: at(-60_000), closesAt: at(opensForMs) },
      coupon: {
        title: 'Ten percent off',
        discount: { kind: 'percent', value: 10 },
        usableUntil: at(opensForMs),
      },
    }),
    signal: AbortSignal.timeout(answerWithinMs),
  })
  const text = await response.text()
  if (response.status !== 201) throw new Error(`the API answered ${response.status} ${text}`)
  return createdShape.parse(JSON.parse(text)).id
}

/** Creates the campaign of a round and returns its id. Rejects `unavailable` when nobody would within `limitMs`. */
export const createCampaign = async (options: CampaignOptions): Promise<string> => {
  const untilMs = options.now() + options.limitMs
  for (;;) {
    try {
      return await createOnce(options)
    } catch (cause) {
      if (options.now() >= untilMs)
        throw new Failure('unavailable', `no campaign was created: ${messageOf(cause)}`, {
          retryable: true,
          cause,
        })
      await wait(pauseMs)
    }
  }
}
