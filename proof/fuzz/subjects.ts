import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { openCampaignDocument } from '../../load/people/open-campaign-document.ts'
import { Failure } from '../../platform/failure.ts'
import type { KnownNames } from './fuzz-document.ts'
import type { FuzzTarget } from './schemathesis.ts'

const requestTimeoutMs = 30_000
const idAnswer = z.object({ id: z.string() })
const listAnswer = z.object({
  items: z.array(z.object({ id: z.string(), granted: z.int() })),
  nextCursor: z.string().nullable(),
})
const verdictAnswer = z.object({ verdict: z.string() })

/** A request that has to succeed. */
const request = async (
  { url }: FuzzTarget,
  path: string,
  token: string,
  init: { method?: string; body?: string } = {},
): Promise<unknown> => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const answer = await fetch(`${url}${path}`, {
    ...{ ...init, headers },
    signal: AbortSignal.timeout(requestTimeoutMs),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Failure('unavailable', `${path} answered ${answer.status}: ${text}`)
  return JSON.parse(text)
}

const campaigns = '/v1/admin/campaigns'

/** The contract as the product serves it. */
export const readServedContract = async (target: FuzzTarget): Promise<Record<string, unknown>> =>
  z.record(z.string(), z.unknown()).parse(await request(target, '/openapi.json', target.shopperToken))

/** Creates what requests can reach: campaigns that are open and scheduled, and a coupon. */
export const prepareSubjects = async (target: FuzzTarget, shopper: string): Promise<KnownNames> => {
  const create = async (changes: object): Promise<string> => {
    // Stock for some presses: after them it is sold out.
    const body = JSON.stringify({ ...openCampaignDocument({ name: 'Fuzzed', stock: 5 }), ...changes })
    return idAnswer.parse(await request(target, campaigns, target.operatorToken, { method: 'POST', body })).id
  }
  const open = await create({ perUserLimit: 10 })
  const scheduled = await create({ opensAt: new Date(Date.now() + 1_800_000).toISOString() })
  const coupon = await request(target, `/v1/campaigns/${open}/coupons`, target.shopperToken, {
    method: 'POST',
  })
  return {
    campaignId: [open, scheduled],
    couponId: [idAnswer.parse(coupon).id],
    userId: [shopper],
    code: ['sold-out', 'invalid'],
  }
}

const auditsMax = 50
/** A grant is recorded within a second; the audit waits for it itself for a while. */
const auditAttempts = 10

const auditOne = async (target: FuzzTarget, id: string): Promise<string> => {
  let verdict = 'in-flight'
  for (let attempt = 0; attempt < auditAttempts && verdict === 'in-flight'; attempt += 1) {
    if (attempt > 0) await delay(1_000)
    const answer = await request(target, `${campaigns}/${id}/audit`, target.operatorToken)
    verdict = verdictAnswer.parse(answer).verdict
  }
  return verdict
}

/**
 * Audits the campaigns that granted something, then others, up to a bound. Returns how many were audited, and
 * those that did not pass, in words.
 */
export const auditSubjects = async (
  target: FuzzTarget,
): Promise<{ campaigns: number; audited: number; failed: string[] }> => {
  const found: z.infer<typeof listAnswer>['items'] = []
  let query = '?limit=100'
  for (;;) {
    const page = listAnswer.parse(await request(target, `${campaigns}${query}`, target.operatorToken))
    found.push(...page.items)
    if (page.nextCursor === null) break
    query = `?limit=100&cursor=${page.nextCursor}`
  }
  const chosen = found.toSorted((one, other) => other.granted - one.granted).slice(0, auditsMax)
  const failed: string[] = []
  for (const { id } of chosen) {
    const verdict = await auditOne(target, id)
    if (verdict !== 'pass') failed.push(`${id}: ${verdict}`)
  }
  return { campaigns: found.length, audited: chosen.length, failed }
}
