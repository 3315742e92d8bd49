import { eachAtMost } from '../../platform/each-at-most.ts'
import { Failure } from '../../platform/failure.ts'
import type { ManyCampaignsPlan } from '../arguments/many-campaigns.ts'
import { withBaseline } from '../baselines/baseline-server.ts'
import { type AnswerSheet, createAnswerSheet } from '../generator/answer-sheet.ts'
import { listRequests } from '../generator/list-requests.ts'
import { pressAll } from '../generator/press-all.ts'
import { runRush } from '../generator/rush.ts'
import { type Spread, spreadOf } from '../measure/figures.ts'
import { summariseLatencies } from '../measure/latency.ts'
import { createShoppers, type Shoppers } from '../people/shoppers.ts'
import type { ServingProcess } from '../processes/serving-process.ts'
import { type LoadVerdict, worstVerdict } from './load-verdict.ts'
import { prepareCampaign, type ScenarioDependencies } from './prepare.ts'
import { drainAndSettle, type Settlement } from './settle.ts'

/** Lists and presses beside each other, while so many campaigns are live. */
export type ListFigures = {
  live: number
  listsPerSecond: Spread
  /** For each list of bare node:http in the round after it, which has nobody pressing beside it. */
  ofNode: Spread
  pressP99Ms: Spread
}

export type ManyCampaignsDependencies = ScenarioDependencies & {
  /** Of the tokens. */
  jwtSecret: string
}

export type ManyCampaignsResult = {
  plan: ManyCampaignsPlan
  verdict: LoadVerdict
  few: ListFigures
  many: ListFigures
  /** Lists a second with many live campaigns, of those with few. */
  listsRatio: number
  /** The p99 of a press with few live campaigns, of that with many. */
  pressRatio: number
  /** The bar of both. */
  ratioMin: number
  settlements: readonly Pick<Settlement, 'checks' | 'unknown'>[]
}

const ratioMin = 0.9
/** Coupons that each reader holds, in as many campaigns. */
const couponsHeld = 3
const readers = 100
const createdAtOnce = 8
const pressConnections = 64
const patienceMs = 5_000

/** More than are answered in a round. */
const listsPerSecondMax = 50_000

/** `count` lists, of one person after the other. */
const listsOf = (url: string, people: Shoppers, count: number): Buffer[] => {
  const requests = listRequests(url, people)
  return Array.from({ length: count }, (_, number) => requests[number % people.count] ?? Buffer.alloc(0))
}

/** Throws `unavailable` unless every list has all coupons of its reader, and is complete. */
const requireWholeLists = (sheet: AnswerSheet, count: number): void => {
  for (let number = 0; number < count; number += 1) {
    const answer = sheet.read(number)
    if (answer === undefined) continue
    const { items, complete } = JSON.parse(answer.body) as { items?: unknown[]; complete?: boolean }
    if (answer.status !== 200 || complete !== true || items?.length !== couponsHeld)
      throw new Failure('unavailable', `a list is not whole: ${answer.status} ${answer.body}`)
  }
}

const runBeside = async (
  node: ServingProcess,
  plan: ManyCampaignsPlan,
  dependencies: ScenarioDependencies,
): Promise<ManyCampaignsResult> => {
  const { url, api, sign, now, progress } = dependencies
  const ids: string[] = []
  const settlements: Settlement[] = []

  const createUpTo = (live: number): Promise<void> =>
    progress.step(
      () => `${ids.length} of ${live} campaigns`,
      () =>
        eachAtMost(createdAtOnce, Array.from({ length: Math.max(0, live - ids.length) }), async () => {
          ids.push(await api.createCampaign({ name: 'Many campaigns', stock: 1_000_000 }, patienceMs))
        }),
    )

  await createUpTo(plan.few)
  const people = createShoppers({ count: readers, prefix: `reader-${ids[0]?.slice(-8)}`, sign })
  for (const id of ids.slice(0, couponsHeld)) {
    const sheet = createAnswerSheet(readers, now)
    await pressAll({ url, requests: people.presses(url, id), connections: plan.connections }, sheet)
    if (sheet.grantedCount() < readers) throw new Failure('unavailable', 'not every reader got a coupon')
  }
  const lists = listsOf(url, people, plan.seconds * listsPerSecondMax)
  const listsOfNode = listsOf(node.url, people, lists.length)
  const lastsMs = plan.seconds * 1_000

  /** Lists a second that `target` answers. */
  const askForLists = async (target: string, requests: readonly Buffer[]): Promise<number> => {
    const sheet = createAnswerSheet(requests.length, now)
    const rush = { url: target, now, patienceMs, lastsMs, connections: plan.connections }
    const { people: asked, lastedMs } = await runRush({ ...rush, requests }, sheet)
    requireWholeLists(sheet, asked)
    return (sheet.answeredCount() * 1_000) / lastedMs
  }

  const measureOnce = async (): Promise<{ listsPerSecond: number; ofNode: number; pressP99Ms: number }> => {
    const shoppers = plan.seconds * plan.pressesPerSecond
    const campaign = await prepareCampaign({ shoppers, stock: shoppers }, dependencies)
    const [listsPerSecond, pressed] = await Promise.all([
      askForLists(url, lists),
      runRush(
        {
          ...{ url, now, patienceMs, lastsMs },
          ...{ requests: campaign.requests, connections: pressConnections },
          peoplePerSecond: plan.pressesPerSecond,
        },
        campaign.sheet,
      ),
    ])
    settlements.push(await drainAndSettle(campaign, pressed.people, dependencies))
    return {
      listsPerSecond,
      ofNode: listsPerSecond / (await askForLists(node.url, listsOfNode)),
      pressP99Ms: summariseLatencies(pressed.waitsMs)?.p99Ms ?? 0,
    }
  }

  const measure = async (live: number): Promise<ListFigures> => {
    await createUpTo(live)
    const measured: Awaited<ReturnType<typeof measureOnce>>[] = []
    // The first round warms up.
    for (let round = 0; round <= plan.rounds; round += 1)
      measured.push(
        await progress.step(`${live} live campaigns, round ${round} of ${plan.rounds}`, measureOnce),
      )
    return {
      live,
      listsPerSecond: spreadOf(measured.slice(1).map(({ listsPerSecond }) => listsPerSecond)),
      ofNode: spreadOf(measured.slice(1).map(({ ofNode }) => ofNode)),
      pressP99Ms: spreadOf(measured.slice(1).map(({ pressP99Ms }) => pressP99Ms)),
    }
  }

  const [few, many] = [await measure(plan.few), await measure(plan.many)]
  return {
    ...{ plan, few, many, ratioMin },
    settlements: settlements.map(({ checks, unknown }) => ({ checks, unknown })),
    verdict: worstVerdict(settlements.map(({ verdict }) => verdict)),
    listsRatio: many.listsPerSecond.median / few.listsPerSecond.median,
    pressRatio: few.pressP99Ms.median / many.pressP99Ms.median,
  }
}

/**
 * Asks for lists as fast as they are answered, while people press at a steady rate: first with few live
 * campaigns, then with many. What one person asks must cost the same.
 */
export const runManyCampaigns = (
  plan: ManyCampaignsPlan,
  dependencies: ManyCampaignsDependencies,
): Promise<ManyCampaignsResult> =>
  withBaseline('node', dependencies.jwtSecret, (node) => runBeside(node, plan, dependencies))
