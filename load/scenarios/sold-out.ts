import { Failure } from '../../platform/failure.ts'
import type { SoldOutPlan } from '../arguments/sold-out.ts'
import { createAnswerSheet } from '../generator/answer-sheet.ts'
import { type AnswerFigures, answerFigures } from '../measure/figures.ts'
import { type Judgement, judge } from './judge.ts'
import { checkLateAnswers } from './late-checks.ts'
import { createLatePresses } from './late-presses.ts'
import type { ScenarioDependencies } from './prepare.ts'
import { readFirstAnswers, readPresses } from './press-answers.ts'
import { pressWithProgress } from './press-with-progress.ts'
import { drainAndSettle } from './settle.ts'
import { warmUpAndPrepare } from './warm-up-burst.ts'

export type SoldOutResult = Judgement & AnswerFigures & { plan: SoldOutPlan; followedUp: number }

/**
 * Lets a campaign sell out, then measures what most people of a sale get. Late shoppers press, and winners
 * press again between them. Rejects with `unavailable` when the campaign does not sell out.
 */
export const runSoldOut = async (
  plan: SoldOutPlan,
  dependencies: ScenarioDependencies,
): Promise<SoldOutResult> => {
  const { stock, presses, connections } = plan
  const { now } = dependencies
  const { warmUp, campaign } = await warmUpAndPrepare(plan, { shoppers: presses, stock }, dependencies)
  const winners = createAnswerSheet(stock, now)
  const first = campaign.requests.slice(0, stock)
  await pressWithProgress({ requests: first, connections }, winners, dependencies)
  if (winners.grantedCount() < stock)
    throw new Failure('unavailable', `only ${winners.grantedCount()} of ${stock} coupons were granted`)

  const { shopperOf, isWinner } = createLatePresses(stock, presses)
  const requests = Array.from(
    { length: presses },
    (_, press) => campaign.requests[shopperOf(press)] ?? Buffer.alloc(0),
  )
  const sheet = createAnswerSheet(presses, now)
  await pressWithProgress({ requests, connections }, sheet, dependencies)
  const late = readPresses(sheet, presses, { shopperOf, nowMs: now() })
  const answers = [...readFirstAnswers(winners, stock, now()), ...late]
  const settled = await drainAndSettle(campaign, presses, dependencies, answers)
  return {
    plan,
    ...judge(settled, { own: checkLateAnswers(late, isWinner), warmUp }),
    ...answerFigures(sheet, late),
    followedUp: settled.followedUp,
  }
}
