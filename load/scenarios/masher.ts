import type { MasherPlan } from '../arguments/masher.ts'
import { createAnswerSheet } from '../generator/answer-sheet.ts'
import { type AnswerFigures, answerFigures } from '../measure/figures.ts'
import { type Judgement, judge } from './judge.ts'
import type { ScenarioDependencies } from './prepare.ts'
import { inBindingOrder, readPresses } from './press-answers.ts'
import { pressWithProgress } from './press-with-progress.ts'
import { checkRepeats } from './repeat-checks.ts'
import { drainAndSettle } from './settle.ts'
import { warmUpAndPrepare } from './warm-up-burst.ts'

export type MasherResult = Judgement &
  AnswerFigures & {
    plan: MasherPlan
    /** Shoppers with a coupon in the end. */
    winners: number
    /** Shoppers who asked or pressed again because their last answer was not final. */
    followedUp: number
  }

/**
 * Lets every shopper press many times at once, over different connections, as one does who mashes a button.
 * However the presses overtake each other, a shopper has one coupon and is shown no other.
 */
export const runMasher = async (
  plan: MasherPlan,
  dependencies: ScenarioDependencies,
): Promise<MasherResult> => {
  const { shoppers, presses, stock, connections } = plan
  const { now } = dependencies
  const { warmUp, campaign } = await warmUpAndPrepare(plan, { shoppers, stock }, dependencies)
  const count = shoppers * presses
  // The presses of a shopper follow each other, so they are under way together.
  const requests = campaign.requests.flatMap((request) => Array.from({ length: presses }, () => request))
  const shopperOf = (number: number): number => Math.floor(number / presses)
  const sheet = createAnswerSheet(count, now)
  await pressWithProgress({ requests, connections }, sheet, dependencies)
  const answers = inBindingOrder(readPresses(sheet, count, { shopperOf, nowMs: now() }))
  const settled = await drainAndSettle(campaign, shoppers, dependencies, answers)
  return {
    plan,
    ...judge(settled, { own: checkRepeats(answers), warmUp }),
    ...answerFigures(sheet, answers),
    winners: settled.total.accepted,
    followedUp: settled.followedUp,
  }
}
