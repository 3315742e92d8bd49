import type { ColdBurstPlan } from '../arguments/cold-burst.ts'
import { pressCold } from '../generator/press-cold.ts'
import { type AnswerFigures, answerFigures } from '../measure/figures.ts'
import { startGeneratorShare } from '../measure/generator-share.ts'
import { type LatencySummary, summariseLatencies } from '../measure/latency.ts'
import { countListenOverflows, type ListenCounts } from '../measure/listen-overflows.ts'
import { inThousands } from '../report/numbers.ts'
import { type Judgement, judge } from './judge.ts'
import type { ScenarioDependencies } from './prepare.ts'
import { readFirstAnswers } from './press-answers.ts'
import { drainAndSettle } from './settle.ts'
import { warmUpAndPrepare } from './warm-up-burst.ts'

export type ColdBurstResult = Judgement &
  AnswerFigures & {
    plan: ColdBurstPlan
    /** From asking for a connection until it was open. */
    connects: LatencySummary | undefined
    /** Connections that were refused, or not open when their person gave up. */
    failedConnects: number
    /** From pressing over an open connection to the answer. */
    answers: LatencySummary | undefined
    /** From asking for the first connection until the last was asked for. */
    openingMs: number
    /** What the kernel could not queue meanwhile; null where that is unknown. */
    listen: ListenCounts | null
    /** The part of one core that the generator took meanwhile. */
    generatorShare: number
    /** People who asked or pressed again because they had no final answer. */
    followedUp: number
  }

// The warm-up is not about connections.
const warmUpConnections = 256

/**
 * Lets everybody come at once, each over a new connection with one press. Who gets no connection, or no
 * answer, asks or presses again afterwards as in every scenario.
 */
export const runColdBurst = async (
  plan: ColdBurstPlan,
  dependencies: ScenarioDependencies,
): Promise<ColdBurstResult> => {
  const { connections, stock, patienceSeconds } = plan
  const { url, now, progress } = dependencies
  const { warmUp, campaign } = await warmUpAndPrepare(
    { warmUp: plan.warmUp, connections: warmUpConnections },
    { shoppers: connections, stock },
    dependencies,
  )
  const { requests, sheet } = campaign
  const generatorShare = startGeneratorShare(now)
  const { result, added } = await progress.step(
    () => `${inThousands(sheet.answeredCount())} of ${inThousands(connections)} presses answered`,
    () =>
      countListenOverflows(url, async () => {
        const connects = await pressCold({ url, requests, patienceMs: patienceSeconds * 1_000, now }, sheet)
        return { ...connects, generatorShare: generatorShare() }
      }),
  )
  const unconnected = new Set(sheet.unpressed())
  const answers = readFirstAnswers(sheet, connections, now())
  const settled = await drainAndSettle(campaign, connections, dependencies, answers)
  return {
    plan,
    ...judge(settled, { own: [], warmUp }),
    ...answerFigures(
      sheet,
      answers.filter(({ shopper }) => !unconnected.has(shopper)),
    ),
    connects: summariseLatencies(result.connectsMs),
    failedConnects: unconnected.size,
    answers: summariseLatencies(answers.flatMap(({ latencyMs }) => latencyMs ?? [])),
    openingMs: result.openingMs,
    listen: added ?? null,
    generatorShare: result.generatorShare,
    followedUp: settled.followedUp,
  }
}
