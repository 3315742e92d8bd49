import { setTimeout as wait } from 'node:timers/promises'
import { Failure } from '../../platform/failure.ts'
import type { HostilePlan } from '../arguments/hostile.ts'
import { runRush } from '../generator/rush.ts'
import { sheetFrom } from '../generator/sheet-part.ts'
import type { BadClientCounts } from '../hostile/bad-client.ts'
import { type BadClientName, badClientNames } from '../hostile/bad-client-kinds.ts'
import { badClientAddress, startBadClients } from '../hostile/bad-client-process.ts'
import { rate, type Spread, spreadOf } from '../measure/figures.ts'
import { summariseLatencies } from '../measure/latency.ts'
import { type LoadCampaign, prepareCampaign, type ScenarioDependencies } from './prepare.ts'
import { drainAndSettle, type Settlement } from './settle.ts'

/** What one kind of bad client did, and what people noticed of it. */
export type BadClientHarm = {
  name: BadClientName
  /** The p99 from the arrival of a person to their grant, in ms: without the bad client, and with it. */
  aloneMs: Spread
  besideMs: Spread
  /** Of each pair: the p99 with the bad client, of the p99 without. */
  ratio: Spread
  /** People who had no grant at the end of a stretch with the bad client. */
  unserved: number
  /** What the bad client did a second. */
  perSecond: BadClientCounts
}

export type HostileResult = Pick<Settlement, 'checks' | 'verdict' | 'unknown'> & {
  plan: HostilePlan
  harm: BadClientHarm[]
  /** The bar: with a bad client the p99 is at most this many times that without. */
  ratioMax: number
  /** Names of bad clients above the bar, or beside which somebody was not served. */
  harmful: BadClientName[]
}

const ratioMax = 3
const connections = 64
// Who waits longer counts as not served.
const patienceMs = 5_000
// Presses of the last moment may take this long.
const graceMs = 3_000
// Time for the API to answer what came while connections were opened, and to forget those that ended.
const settleMs = 300
const warmUpSeconds = 2

type Stretch = { p99Ms: number; unserved: number }

/** People who press at a rate, one stretch after the other, each of them once. */
const createStretches = (
  { seconds, pressesPerSecond }: HostilePlan,
  { requests, sheet }: LoadCampaign,
  { url, now }: ScenarioDependencies,
) => {
  let pressed = 0
  const run = async (lastSeconds = seconds): Promise<Stretch> => {
    const first = pressed
    const count = lastSeconds * pressesPerSecond
    pressed += count
    const before = sheet.grantedCount()
    const rush = {
      ...{ url, now, connections, patienceMs, peoplePerSecond: pressesPerSecond },
      requests: requests.slice(first, pressed),
      lastsMs: lastSeconds * 1_000 + graceMs,
    }
    const { waitsMs } = await runRush(rush, sheetFrom(sheet, first))
    const { p99Ms } = summariseLatencies(waitsMs) ?? {}
    if (p99Ms === undefined)
      throw new Failure('unavailable', 'nobody was granted a coupon in a whole stretch')
    return { p99Ms, unserved: count - (sheet.grantedCount() - before) }
  }
  return { run, pressed: () => pressed }
}

type Pair = { alone: Stretch; beside: Stretch; counts: BadClientCounts; lastedMs: number }

const harmOf = (name: BadClientName, pairs: readonly Pair[]): BadClientHarm => {
  const lastedMs = pairs.reduce((sum, pair) => sum + pair.lastedMs, 0)
  const sum = (of: (pair: Pair) => number): number => pairs.reduce((total, pair) => total + of(pair), 0)
  const perSecond = (key: keyof BadClientCounts): number =>
    rate(
      sum(({ counts }) => counts[key]),
      0,
      lastedMs,
    )
  return {
    name,
    aloneMs: spreadOf(pairs.map(({ alone }) => alone.p99Ms)),
    besideMs: spreadOf(pairs.map(({ beside }) => beside.p99Ms)),
    ratio: spreadOf(pairs.map(({ alone, beside }) => beside.p99Ms / alone.p99Ms)),
    unserved: sum(({ beside }) => beside.unserved),
    perSecond: {
      opened: perSecond('opened'),
      sent: perSecond('sent'),
      answered: perSecond('answered'),
      cut: perSecond('cut'),
    },
  }
}

/**
 * Measures what people notice of each kind of bad client: stretches with it and without it alternate, because
 * the speed of a machine drifts. Bad clients have a process of their own, so that the clock of the people is
 * not theirs. All presses are compared with the ledger as in every scenario.
 */
export const runHostile = async (
  plan: HostilePlan,
  dependencies: ScenarioDependencies,
): Promise<HostileResult> => {
  const { url, api, sign, now, progress } = dependencies
  const { pairs: rounds, seconds, pressesPerSecond } = plan
  const shoppers = (warmUpSeconds + 2 * rounds * badClientNames.length * seconds) * pressesPerSecond
  const campaign = await progress.step('creating shoppers', () =>
    prepareCampaign({ shoppers, stock: shoppers }, dependencies),
  )
  // Bad clients press for another campaign, so that none of their requests can take a coupon.
  const target = {
    ...{ url, ...badClientAddress(url), share: 1 },
    campaignId: await api.createCampaign({ name: 'Bad clients', stock: 1 }),
    token: sign(`bad-client-${campaign.campaignId.slice(-8)}`, 3_600),
  }
  const stretches = createStretches(plan, campaign, dependencies)
  await progress.step('warming up', () => stretches.run(warmUpSeconds))

  const pairOf = async (name: BadClientName): Promise<Pair> => {
    const alone = await stretches.run()
    const startedMs = now()
    const clients = await startBadClients([name], target)
    await wait(settleMs)
    const beside = await stretches.run().catch(async (cause: unknown) => {
      await clients.stop()
      throw cause
    })
    const counts = await clients.stop()
    const lastedMs = now() - startedMs
    await wait(settleMs)
    return { alone, beside, counts, lastedMs }
  }
  const pairs = new Map<BadClientName, Pair[]>(badClientNames.map((name) => [name, []]))
  for (let round = 1; round <= rounds; round += 1)
    for (const [name, measured] of pairs)
      await progress.step(`round ${round} of ${rounds}: ${name}`, async () =>
        measured.push(await pairOf(name)),
      )

  const { checks, verdict, unknown } = await drainAndSettle(campaign, stretches.pressed(), dependencies)
  const harm = [...pairs].map(([name, measured]) => harmOf(name, measured))
  return {
    plan,
    harm,
    ratioMax,
    harmful: harm.flatMap(({ name, ratio, unserved }) =>
      ratio.median <= ratioMax && unserved === 0 ? [] : [name],
    ),
    ...{ checks, verdict, unknown },
  }
}
