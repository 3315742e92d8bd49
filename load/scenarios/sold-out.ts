import { Failure } from '../../platform/failure.ts'
import type { SoldOutPlan } from '../arguments/sold-out.ts'
import { createAnswerSheet } from '../generator/answer-sheet.ts'
import { type AnswerFigures, answerFigures, type Spread, spreadOf } from '../measure/figures.ts'
import { readApiCounters } from '../measure/watch-api.ts'
import { type Judgement, judge } from './judge.ts'
import { checkLateAnswers } from './late-checks.ts'
import { createLatePresses } from './late-presses.ts'
import type { ScenarioDependencies } from './prepare.ts'
import { readFirstAnswers, readPresses } from './press-answers.ts'
import { pressWithProgress } from './press-with-progress.ts'
import { drainAndSettle } from './settle.ts'
import { warmUpAndPrepare } from './warm-up-burst.ts'

/** The figures of the answers are those of the last round. */
export type SoldOutResult = Judgement &
  AnswerFigures & {
    plan: SoldOutPlan
    followedUp: number
    /** Answers a second, for each of bare node:http at both ends of the round. */
    ofNode: Spread
    /** Calls in which the gate decided, for a thousand presses. */
    gateCalls: Spread
  }

export type SoldOutDependencies = ScenarioDependencies & {
  metricsUrl: string
  pressNode(plan: { shoppers: number; connections: number }): Promise<{ answersPerSecond: number }>
}

/**
 * Lets a campaign sell out, then measures what most people of a sale get. Late shoppers press, and winners
 * press again between them. Rejects with `unavailable` when the campaign does not sell out.
 */
export const runSoldOut = async (
  plan: SoldOutPlan,
  dependencies: SoldOutDependencies,
): Promise<SoldOutResult> => {
  const { stock, presses, rounds, connections } = plan
  const { now, metricsUrl } = dependencies
  const { warmUp, campaign } = await warmUpAndPrepare(plan, { shoppers: presses, stock }, dependencies)
  const winners = createAnswerSheet(stock, now)
  const winning = campaign.requests.slice(0, stock)
  await pressWithProgress({ requests: winning, connections }, winners, dependencies)
  if (winners.grantedCount() < stock)
    throw new Failure('unavailable', `only ${winners.grantedCount()} of ${stock} coupons were granted`)

  const { shopperOf, isWinner } = createLatePresses(stock, presses)
  const requests = Array.from(
    { length: presses },
    (_, press) => campaign.requests[shopperOf(press)] ?? Buffer.alloc(0),
  )
  const pressNode = () => dependencies.pressNode({ shoppers: presses, connections })
  const pressLate = async () => {
    const sheet = createAnswerSheet(presses, now)
    const nodeBefore = await pressNode()
    const before = await readApiCounters(metricsUrl)
    await pressWithProgress({ requests, connections }, sheet, dependencies)
    const after = await readApiCounters(metricsUrl)
    const nodeAfter = await pressNode()
    const late = readPresses(sheet, presses, { shopperOf, nowMs: now() })
    const figures = answerFigures(sheet, late)
    return {
      ...{ late, figures },
      ofNode: (2 * figures.answersPerSecond) / (nodeBefore.answersPerSecond + nodeAfter.answersPerSecond),
      gateCalls: ((after.decideCalls - before.decideCalls) * 1_000) / presses,
    }
  }
  const first = await pressLate()
  const measured = [first]
  while (measured.length < rounds) measured.push(await pressLate())
  const late = measured.flatMap((round) => round.late)
  const answers = [...readFirstAnswers(winners, stock, now()), ...late]
  const settled = await drainAndSettle(campaign, presses, dependencies, answers)
  return {
    plan,
    ...judge(settled, { own: checkLateAnswers(late, isWinner), warmUp }),
    ...(measured.at(-1) ?? first).figures,
    ofNode: spreadOf(measured.map(({ ofNode }) => ofNode)),
    gateCalls: spreadOf(measured.map(({ gateCalls }) => gateCalls)),
    followedUp: settled.followedUp,
  }
}
