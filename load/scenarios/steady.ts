import { type SteadyPlan, steadyPressesMax, stepPresses } from '../arguments/steady.ts'
import { type LoadVerdict, worstVerdict } from './load-verdict.ts'
import { runSteadyStep, type SteadyDependencies, type SteadyStep } from './steady-step.ts'

export type SteadyResult = {
  plan: SteadyPlan
  verdict: LoadVerdict
  steps: SteadyStep[]
  /** Of a sweep. */
  knee: Knee | null
}

/** Where a sweep ended. */
export type Knee = {
  /** The highest rate that was kept; null when the first one was not. */
  pressesPerSecond: number | null
  /** What ended the sweep: the API, its generator, a broken promise, or that a step would be too long. */
  endedBy: 'api' | 'generator' | 'promise' | 'length'
}

const growth = 1.25

/**
 * Whether everybody was granted a coupon in time. A generator that was late takes nothing from that:
 * latencies count from the moment when a press was due.
 */
export const isKept = ({ verdict, granted, measured }: SteadyStep, p99MaxMs: number): boolean =>
  verdict === 'pass' && granted?.count === measured && granted.p99Ms <= p99MaxMs

const endOf = ({ verdict, generatorFaults }: SteadyStep): Knee['endedBy'] => {
  if (verdict !== 'pass') return 'promise'
  return generatorFaults.length > 0 ? 'generator' : 'api'
}

/**
 * Raises the rate by a quarter until it is not kept. A rate that is not kept is tried once more, because a
 * machine has other work at times.
 */
export const sweep = async (
  plan: SteadyPlan,
  p99MaxMs: number,
  runStep: (pressesPerSecond: number) => Promise<SteadyStep>,
): Promise<{ steps: SteadyStep[]; knee: Knee }> => {
  const steps: SteadyStep[] = []
  const tryOnce = async (rate: number): Promise<SteadyStep> => {
    const step = await runStep(rate)
    steps.push(step)
    return step
  }
  let kept: number | null = null
  let rate = plan.pressesPerSecond
  for (; stepPresses(rate, plan) <= steadyPressesMax; rate = Math.ceil(rate * growth)) {
    let step = await tryOnce(rate)
    if (!isKept(step, p99MaxMs) && step.verdict === 'pass') step = await tryOnce(rate)
    if (!isKept(step, p99MaxMs)) return { steps, knee: { pressesPerSecond: kept, endedBy: endOf(step) } }
    kept = rate
  }
  return { steps, knee: { pressesPerSecond: kept, endedBy: 'length' } }
}

/** Lets people press at one rate, or sweeps from it. */
export const runSteady = async (
  plan: SteadyPlan,
  dependencies: SteadyDependencies,
): Promise<SteadyResult> => {
  const runStep = (rate: number): Promise<SteadyStep> => runSteadyStep(rate, plan, dependencies)
  const { steps, knee } =
    plan.sweepP99Ms === undefined
      ? { steps: [await runStep(plan.pressesPerSecond)], knee: null }
      : await sweep(plan, plan.sweepP99Ms, runStep)
  return { plan, steps, knee, verdict: worstVerdict(steps.map(({ verdict }) => verdict)) }
}

/** Why a run says nothing about the speed of the API; nothing when it does. */
export const unmeasuredReasons = ({ steps, knee }: Pick<SteadyResult, 'steps' | 'knee'>): string[] => {
  const last = steps.at(-1)
  if (knee === null) return last?.generatorFaults ?? []
  const rate = last?.pressesPerSecond ?? 0
  if (knee.endedBy === 'generator')
    return (last?.generatorFaults ?? []).map((fault) => `at ${rate} /s ${fault}`)
  if (knee.endedBy === 'length') return [`a longer step than that at ${rate} /s has too many presses`]
  return knee.pressesPerSecond === null ? [`${rate} /s was not kept, and it was the first rate`] : []
}

/** PASS alone does not pass: the figures have to be those of the API. */
export const steadyOutcome = (
  result: Pick<SteadyResult, 'verdict' | 'steps' | 'knee'>,
): LoadVerdict | 'unmeasured' =>
  result.verdict === 'pass' && unmeasuredReasons(result).length > 0 ? 'unmeasured' : result.verdict
