import { Failure } from '../../platform/failure.ts'
import type { RefusalsPlan } from '../arguments/refusals.ts'
import { type AnswerSheet, createAnswerSheet } from '../generator/answer-sheet.ts'
import { pressAll } from '../generator/press-all.ts'
import { type RefusedKind, refusedKinds } from '../generator/refused-requests.ts'
import { type Spread, spreadOf } from '../measure/figures.ts'
import { readApiCounters } from '../measure/watch-api.ts'
import { createShoppers } from '../people/shoppers.ts'
import { type LoadVerdict, worstVerdict } from './load-verdict.ts'
import type { OwnApi } from './own-api.ts'
import { type LoadCampaign, prepareCampaign, type ScenarioDependencies } from './prepare.ts'
import { drainAndSettle, type Settlement } from './settle.ts'

/** What one kind of answer costs the API's processor. */
export type AnswerCost = {
  name: string
  status: number
  microseconds: Spread
  /** Of a grant in the same round. */
  ratio: Spread
  /** The bar: its median is below this part of a grant. */
  ratioMax: number
}

export type RefusalsResult = {
  plan: RefusalsPlan
  verdict: LoadVerdict
  grant: AnswerCost
  refusals: AnswerCost[]
  /** Names of refusals at or above their bar. */
  dear: string[]
  settlements: readonly Pick<Settlement, 'checks' | 'unknown'>[]
}

export type RefusalsDependencies = ScenarioDependencies & {
  metricsUrl: string
  adminToken: string
  signWrongly(userId: string, lifetimeSeconds: number): string
  /** Runs an API process that is full, while `work` runs. */
  withFullApi<Result>(work: (api: OwnApi) => Promise<Result>): Promise<Result>
}

/**
 * A refusal that costs as much as this lets a flood of them displace the sale. HTTP and a token are nearly
 * half of a grant, so what asks Redis or has a body has another bar (docs/decisions/020).
 */
const ratioMax = 1 / 2
const ratioMaxWithMore = 2 / 3

type Target = Pick<OwnApi, 'url' | 'metricsUrl'>

/** The requests over all connections, and what each answer cost the processor of the API in µs. */
const measure = async (
  { url, metricsUrl }: Target,
  requests: readonly Buffer[],
  sheet: AnswerSheet,
  connections: number,
): Promise<number> => {
  const { cpuSeconds: before } = await readApiCounters(metricsUrl)
  await pressAll({ url, requests, connections }, sheet)
  const spent = (await readApiCounters(metricsUrl)).cpuSeconds - before
  return (spent * 1e6) / Math.max(1, sheet.answeredCount())
}

/** Throws `unavailable` unless each answer, but for those with a status in `others`, is this refusal. */
const requireRefusals = (
  { name, status, code }: Omit<RefusedKind, 'request'>,
  sheet: AnswerSheet,
  count: number,
  others: readonly number[] = [],
): void => {
  for (let number = 0; number < count; number += 1) {
    const answer = sheet.read(number)
    if (answer !== undefined && others.includes(answer.status)) continue
    if (answer?.status !== status || !answer.body.includes(`"code":"${code}"`))
      throw new Failure(
        'unavailable',
        `${name}: expected ${status} ${code}, got ${answer?.status} ${answer?.body}`,
      )
  }
}

const grantName = 'grant'
const overloaded = { name: 'overloaded', status: 503, code: 'overloaded' }

/**
 * Measures what each refusal costs the API's processor, against a grant in the same round: rounds alternate,
 * because the speed of a machine drifts. Grants are compared with the ledger as in every scenario.
 */
export const runRefusals = async (
  plan: RefusalsPlan,
  dependencies: RefusalsDependencies,
): Promise<RefusalsResult> => {
  const { url, metricsUrl, api, adminToken, sign, signWrongly, now, progress, withFullApi } = dependencies
  const { requests: count, rounds, connections } = plan
  const [soldOutId, openId] = [
    await api.createCampaign({ name: 'Refusals: sold out', stock: 1 }),
    await api.createCampaign({ name: 'Refusals: open', stock: 1_000_000 }),
  ]
  await api.press(soldOutId, sign(`winner-${soldOutId.slice(-8)}`, 3_600))
  const kinds = refusedKinds({ url, soldOutId, openId, adminToken, sign, signWrongly })
  const costs = new Map<string, number[]>()
  const note = (name: string, cost: number): void => void costs.set(name, [...(costs.get(name) ?? []), cost])
  const campaigns: LoadCampaign[] = []

  const grantOnce = async (): Promise<number> => {
    const campaign = await prepareCampaign({ shoppers: count, stock: count }, dependencies)
    campaigns.push(campaign)
    return measure({ url, metricsUrl }, campaign.requests, campaign.sheet, connections)
  }
  const refuseOnce = async (kind: RefusedKind): Promise<number> => {
    const requests = Array.from({ length: count }, (_, number) => kind.request(number))
    const sheet = createAnswerSheet(count, now)
    const cost = await measure({ url, metricsUrl }, requests, sheet, connections)
    requireRefusals(kind, sheet, count)
    return cost
  }
  const overloadOnce = async (full: OwnApi, round: number): Promise<number> => {
    const shoppers = createShoppers({ count, prefix: `full-${openId.slice(-8)}-${round}`, sign })
    const presses = shoppers.presses(full.url, openId)
    const sheet = createAnswerSheet(count, now)
    const cost = await measure(full, presses, sheet, connections)
    requireRefusals(overloaded, sheet, count, [201, 202])
    return cost
  }

  await withFullApi(async (full) => {
    for (let round = 0; round <= rounds; round += 1)
      await progress.step(round === 0 ? 'warming up' : `round ${round} of ${rounds}`, async () => {
        const measured: [string, number][] = [[grantName, await grantOnce()]]
        for (const kind of kinds) measured.push([kind.name, await refuseOnce(kind)])
        measured.push([overloaded.name, await overloadOnce(full, round)])
        if (round > 0) for (const [name, cost] of measured) note(name, cost)
      })
  })

  const settlements: Settlement[] = []
  for (const campaign of campaigns) settlements.push(await drainAndSettle(campaign, count, dependencies))
  const grants = costs.get(grantName) ?? []
  const costOf = ({ name, status, hasMore }: Omit<RefusedKind, 'code' | 'request'>): AnswerCost => {
    const each = costs.get(name) ?? []
    return {
      ...{ name, status, ratioMax: hasMore ? ratioMaxWithMore : ratioMax },
      microseconds: spreadOf(each),
      ratio: spreadOf(each.map((cost, round) => cost / (grants[round] ?? cost))),
    }
  }
  const refusals = [...kinds, overloaded].map(costOf)
  return {
    plan,
    grant: costOf({ name: grantName, status: 201 }),
    refusals,
    dear: refusals.flatMap(({ name, ratio, ratioMax: bar }) => (ratio.median < bar ? [] : [name])),
    verdict: worstVerdict(settlements.map(({ verdict }) => verdict)),
    settlements: settlements.map(({ checks, unknown }) => ({ checks, unknown })),
  }
}
