import { setTimeout as wait } from 'node:timers/promises'
import type { ChangedCampaign, OperatorClient } from '../../client/operator-client.ts'
import { Failure, messageOf } from '../../platform/failure.ts'
import { type LifePlan, peopleOf } from '../arguments/life.ts'
import { createEveryAnswerSheet, type EveryAnswer } from '../generator/every-answer-sheet.ts'
import { runRush } from '../generator/rush.ts'
import { type OutcomeFigures, outcomeFigures } from '../measure/figures.ts'
import { readIssue } from '../people/answer.ts'
import { runSteadyUses, type WonCoupon } from '../people/steady-uses.ts'
import { inThousands } from '../report/numbers.ts'
import { type Judgement, judge } from './judge.ts'
import { type ChangeTimes, grantsIn, type LifeStretch, lifeStretches } from './life-stretches.ts'
import type { ScenarioDependencies } from './prepare.ts'
import { type PressAnswer, readPress } from './press-answers.ts'
import { drainAndSettle } from './settle.ts'
import { warmUpAndPrepare } from './warm-up-burst.ts'

export type LifeResult = Judgement & {
  plan: LifePlan
  people: number
  /** The answers of each stretch, by the moment when their presses were sent. */
  stretches: LifeStretch[]
  /** How long each change of the operator took. */
  changes: { name: keyof ChangeTimes; tookMs: number }[]
  /** Coupons of presses that were sent after the answer of the pause, and answered before the resumption. */
  grantsWhilePaused: number
  /** From the answer of the pause to the last grant before the resumption. `null`: there was none. */
  lastGrantMs: number | null
  /** Coupons that were redeemed, and the answers to redemptions, to giving back, and to lists afterwards. */
  used: number
  uses: OutcomeFigures[]
  /** People who asked or pressed again after the run because their answer was not final. */
  followedUp: number
  faults: Record<string, number>
}

export type LifeDependencies = ScenarioDependencies & {
  operator: Pick<OperatorClient, 'pause' | 'resume' | 'raiseStock'>
}

const connections = 256
const patienceMs = 5_000
// Who was told of the pause comes back within three seconds, and who has no answer gives up after five.
const graceMs = 15_000
const tickMs = 20

/** A pause is over some time, so who was told of it presses again. */
const isPaused = ({ status, body }: { status: number; body: string }): boolean =>
  status === 409 && body.includes('"code":"paused"')

const readAnswer = ({
  shopper,
  status,
  body,
  retryAfter,
  latencyMs,
  answeredMs,
}: EveryAnswer): PressAnswer => {
  const answer = readIssue(status, body, retryAfter)
  return {
    ...{ shopper, status, latencyMs, times: { sentMs: answeredMs - latencyMs, answeredMs } },
    answer: isPaused({ status, body }) ? { ...answer, next: 'press' } : answer,
  }
}

/** People press at a steady rate while the campaign is paused, resumed and enlarged, and winners redeem. */
export const runLife = async (plan: LifePlan, dependencies: LifeDependencies): Promise<LifeResult> => {
  const { url, now, progress, operator } = dependencies
  const people = peopleOf(plan)
  const atFirst = Math.max(1, Math.floor(people / 2))
  const { warmUp, campaign } = await warmUpAndPrepare(
    { warmUp: plan.warmUp, connections },
    { shoppers: people, stock: atFirst },
    dependencies,
  )
  const { campaignId, requests, shoppers } = campaign
  const won: WonCoupon[] = []
  const sheet = createEveryAnswerSheet(campaign.sheet, (given) => {
    if (given.status > 201) return
    const { meaning } = readIssue(given.status, given.body)
    if (meaning.kind === 'granted')
      won.push({ couponId: meaning.coupon.couponId, token: shoppers.token(given.shopper) })
  })
  let isPressing = true

  const timesOf = async (change: () => Promise<ChangedCampaign>) => {
    const sentMs = now()
    try {
      const { applied } = await change()
      if (!applied) throw new Failure('unavailable', 'the gate does not have it')
      return { sentMs, answeredMs: now() }
    } catch (cause) {
      throw new Failure('unavailable', `the campaign was not changed: ${messageOf(cause)}`, { cause })
    }
  }
  const operate = async (): Promise<ChangeTimes> => {
    const reason = 'a load run'
    await wait(plan.before * 1_000)
    const pause = await timesOf(() => operator.pause(campaignId, { reason }))
    await wait(plan.paused * 1_000)
    const resume = await timesOf(() => operator.resume(campaignId, { reason }))
    // On a slow machine changes take long: the stock is raised earlier before the first one is gone.
    const dueMs = now() + plan.resumed * 1_000
    while (now() < dueMs && sheet.grantedCount() < atFirst * (2 / 3)) await wait(tickMs)
    let granted = 0
    const raise = await timesOf(async () => {
      const changed = await operator.raiseStock(campaignId, people, { reason })
      granted = changed.granted
      return changed
    })
    // Who was told sold out then would be right, and so would a grant after it.
    if (granted >= atFirst)
      throw new Failure(
        'refused',
        'the campaign was sold out before its stock was raised: fewer --presses, or a longer --after',
      )
    return { pause, resume, raise }
  }
  const lastsMs = (people / plan.presses) * 1_000 + graceMs
  const pressing = runRush(
    {
      ...{ url, now, requests, connections, patienceMs, lastsMs, peoplePerSecond: plan.presses },
      isTemporary: isPaused,
    },
    sheet,
  ).finally(() => {
    isPressing = false
  })
  const using = runSteadyUses({
    ...{ url, now, perSecond: plan.redemptions },
    next: () => won.shift(),
    isOver: () => !isPressing,
  })
  const [rush, changes, uses] = await progress.step(
    () => `${inThousands(sheet.grantedCount())} of ${inThousands(people)} have a coupon`,
    () => Promise.all([pressing, operate(), using]),
  )

  const answers = sheet.everyAnswer().map(readAnswer)
  const nowMs = now()
  const unanswered = Array.from({ length: rush.people }, (_, shopper) => shopper)
    .filter((shopper) => sheet.read(shopper) === undefined)
    .map((shopper) => readPress(sheet, shopper, { shopper, nowMs }))
  const settled = await drainAndSettle({ ...campaign, stock: people }, rush.people, dependencies, [
    ...answers,
    ...unanswered,
  ])
  const { late, lastGrantMs } = grantsIn(answers, changes)
  return {
    ...{ plan, people, lastGrantMs, grantsWhilePaused: late },
    ...judge(settled, { own: uses.checks, warmUp }),
    stretches: lifeStretches(answers, changes),
    changes: (['pause', 'resume', 'raise'] as const).map((name) => ({
      name,
      tookMs: changes[name].answeredMs - changes[name].sentMs,
    })),
    used: uses.coupons,
    uses: outcomeFigures(uses.answers),
    followedUp: settled.followedUp,
    faults: Object.fromEntries(sheet.faults()),
  }
}
