import { Failure } from '../../platform/failure.ts'
import type { ListenersPlan } from '../arguments/listeners.ts'
import { createAnswerSheet } from '../generator/answer-sheet.ts'
import { type ListenerCounts, startListeners } from '../listeners/listener-process.ts'
import { rate, type Spread, spreadOf } from '../measure/figures.ts'
import { pairedP } from '../measure/permutation-test.ts'
import { type Judgement, judge } from './judge.ts'
import type { ScenarioDependencies } from './prepare.ts'
import { type PressAnswer, readPresses } from './press-answers.ts'
import { pressWithProgress } from './press-with-progress.ts'
import type { RatioSpread } from './rounds.ts'
import { drainAndSettle } from './settle.ts'
import { warmUpAndPrepare } from './warm-up-burst.ts'

export type ListenersResult = Judgement & {
  plan: ListenersPlan
  /** Answers a second: without listeners, and beside them. */
  alone: Spread
  beside: Spread
  /** Of each pair: the rate beside listeners, for each answer a second without. */
  ratio: RatioSpread
  /** The bar: beside listeners the rate is at least this part of that without. */
  ratioMin: number
  /** Events that a listener got while people pressed, and streams that ended meanwhile, of all pairs. */
  eventsOfListener: number
  cut: number
}

const ratioMin = 0.95

export type ListenersDependencies = ScenarioDependencies & {
  /** Of the consoles. */
  adminToken: string
}

type Pair = { alone: number; beside: number; counts: ListenerCounts }

/**
 * Measures what open streams of events take from the presses: of listeners, and of consoles. Bursts beside
 * them and bursts without alternate, because the speed of a machine drifts. All press for one campaign, to
 * which all streams listen. Rejects with `unavailable` when the API has no place for all of them.
 */
export const runListeners = async (
  plan: ListenersPlan,
  dependencies: ListenersDependencies,
): Promise<ListenersResult> => {
  const { listeners: count, consoles, presses, pairs: pairCount, connections } = plan
  const { url, adminToken, now, progress } = dependencies
  const streams = count + consoles
  const shoppers = 2 * pairCount * presses
  const { warmUp, campaign } = await warmUpAndPrepare(plan, { shoppers, stock: shoppers }, dependencies)
  const answers: PressAnswer[] = []

  /** Answers a second of the next burst. */
  const burst = async (): Promise<number> => {
    const first = answers.length
    const sheet = createAnswerSheet(presses, now)
    const requests = campaign.requests.slice(first, first + presses)
    await pressWithProgress({ requests, connections }, sheet, dependencies)
    const shopperOf = (number: number): number => first + number
    answers.push(...readPresses(sheet, presses, { shopperOf, nowMs: now() }))
    const { firstPressMs, lastAnswerMs } = sheet.moments()
    return rate(sheet.answeredCount(), firstPressMs, lastAnswerMs)
  }
  const burstBeside = async (): Promise<Pick<Pair, 'beside' | 'counts'>> => {
    const target = { ...{ url, adminToken, count, consoles }, campaignId: campaign.campaignId }
    const crowd = await progress.step(`opening ${streams} streams`, () => startListeners(target))
    const beside = await burst().catch(async (cause: unknown) => {
      await crowd.stop()
      throw cause
    })
    const counts = await crowd.stop()
    if (counts.listening < streams)
      throw new Failure(
        'unavailable',
        `the API opened ${counts.listening} of ${streams} streams: raise its LISTENERS_MAX, or use --listeners`,
      )
    return { beside, counts }
  }
  const pairs: Pair[] = []
  while (pairs.length < pairCount) {
    const early = pairs.length % 2 === 0 ? await burst() : undefined
    const beside = await burstBeside()
    pairs.push({ ...beside, alone: early ?? (await burst()) })
  }

  const settled = await drainAndSettle(campaign, shoppers, dependencies, answers)
  const ratios = pairs.map(({ alone, beside }) => (alone === 0 ? 0 : beside / alone))
  const sum = (of: (counts: ListenerCounts) => number): number =>
    pairs.reduce((total, { counts }) => total + of(counts), 0)
  return {
    plan,
    ...judge(settled, { own: [], warmUp }),
    alone: spreadOf(pairs.map(({ alone }) => alone)),
    beside: spreadOf(pairs.map(({ beside }) => beside)),
    ratio: { ...spreadOf(ratios), p: pairedP(ratios) },
    ratioMin,
    eventsOfListener: sum(({ events }) => events) / (pairCount * streams),
    cut: sum(({ cut }) => cut),
  }
}
