import { type SteadyPlan, stepPresses } from '../arguments/steady.ts'
import { type OutcomeFigures, outcomeFigures, rate } from '../measure/figures.ts'
import { generatorFaults } from '../measure/generator-soundness.ts'
import { type LatencySummary, summariseLatencies } from '../measure/latency.ts'
import { microsecondsByProcess, type ProcessSeconds } from '../measure/process-seconds.ts'
import { inThousands } from '../report/numbers.ts'
import { machineNow } from '../steady/machine-clock.ts'
import type { GeneratorFigures } from '../steady/open-model.ts'
import { runOpenModelProcess } from '../steady/open-model-process.ts'
import { replayedSheet } from '../steady/replayed-sheet.ts'
import { type LoadCampaign, prepareCampaign, type ScenarioDependencies } from './prepare.ts'
import { type Settlement, settle } from './settle.ts'

/** What people who press at one rate were answered. Latencies count from the scheduled moments. */
export type SteadyStep = Pick<Settlement, 'checks' | 'verdict' | 'unknown' | 'followedUp'> & {
  pressesPerSecond: number
  campaignId: string
  /** Without the warm-up. */
  measured: number
  outcomes: OutcomeFigures[]
  answersPerSecond: number
  granted: LatencySummary | undefined
  /** What bare node:http answered at this rate, when it was asked. */
  node?: LatencySummary | undefined
  /** Microseconds of processor a press, by process, where they were read. */
  cpuMicroseconds?: ProcessSeconds
  generator: GeneratorFigures
  /** Why the figures are the generator's own; empty when they are not. */
  generatorFaults: string[]
  faults: Record<string, number>
}

const graceMs = 10_000

export type SteadyDependencies = ScenarioDependencies & {
  /** Where bare node:http listens. */
  nodeUrl?: string | undefined
}

type RatePlan = Pick<SteadyPlan, 'seconds' | 'warmUpSeconds' | 'connections'>

/** The same people press bare node:http at this rate. */
const pressNode = async (
  nodeUrl: string,
  model: Parameters<typeof runOpenModelProcess>[0]['model'],
  { shoppers, campaignId }: LoadCampaign,
): Promise<LatencySummary | undefined> => {
  const requests = shoppers.presses(nodeUrl, campaignId)
  const done = await runOpenModelProcess({ model: { ...model, url: nodeUrl }, requests })
  const measured = done.answers.slice(model.warmUp)
  return summariseLatencies(measured.flatMap((answer) => (answer === undefined ? [] : [answer.latencyMs])))
}

/**
 * Lets people press at one rate for a campaign with a coupon for each, and compares the answers with the
 * ledger. Those of the warm-up are compared too.
 */
export const runSteadyStep = async (
  pressesPerSecond: number,
  plan: RatePlan,
  dependencies: SteadyDependencies,
): Promise<SteadyStep> => {
  const { url, now, progress, nodeUrl, processSeconds } = dependencies
  const name = `${inThousands(pressesPerSecond)} presses /s`
  const pressed = stepPresses(pressesPerSecond, plan)
  const warmUp = pressesPerSecond * plan.warmUpSeconds
  const prepared = await progress.step(`${name}: creating ${inThousands(pressed)} shoppers`, () =>
    prepareCampaign({ shoppers: pressed, stock: pressed }, dependencies),
  )
  const model = { ...{ url, warmUp, graceMs, perSecond: pressesPerSecond }, connections: plan.connections }
  const node =
    nodeUrl === undefined
      ? undefined
      : await progress.step(`${name}: pressing bare node:http`, () => pressNode(nodeUrl, model, prepared))
  const spentBefore = await processSeconds?.()
  const done = await progress.step(`${name}: pressing for ${plan.warmUpSeconds + plan.seconds} s`, () =>
    runOpenModelProcess({ model, requests: prepared.requests }),
  )
  const sheet = replayedSheet(done, machineNow() - now())
  const drained = await prepared.waitForRows(sheet.grantedCount(), sheet.moments().lastGrantMs || now())
  const spentAfter = await processSeconds?.()
  const settled = await settle({ ...prepared, sheet }, { pressed, drained }, dependencies)

  const measured = settled.firstAnswers.slice(warmUp)
  const answered = measured.filter(({ latencyMs }) => latencyMs !== undefined)
  const granted = summariseLatencies(
    answered.flatMap(({ answer: { meaning }, latencyMs = 0 }) =>
      meaning.kind === 'granted' ? [latencyMs] : [],
    ),
  )
  const fromMs = answered.reduce((first, { times }) => Math.min(first, times.sentMs), Infinity)
  const toMs = answered.reduce((last, { times }) => Math.max(last, times.answeredMs), 0)
  const { checks, verdict, unknown, followedUp } = settled
  return {
    pressesPerSecond,
    campaignId: prepared.campaignId,
    measured: measured.length,
    outcomes: outcomeFigures(measured),
    answersPerSecond: rate(answered.length, fromMs, toMs),
    granted,
    ...(nodeUrl === undefined ? {} : { node }),
    ...(spentBefore === undefined || spentAfter === undefined
      ? {}
      : { cpuMicroseconds: microsecondsByProcess(spentBefore, spentAfter, pressed) }),
    generator: done.generator,
    generatorFaults: generatorFaults(done.generator, granted?.p99Ms),
    faults: Object.fromEntries(sheet.faults()),
    ...{ checks, verdict, unknown, followedUp },
  }
}
