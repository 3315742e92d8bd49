import type { ProgressDisplay } from '../../platform/progress-display.ts'
import type { BaselineName } from '../baselines/baseline-server.ts'
import type { BaselineRun, PressBaseline } from '../baselines/press-baseline.ts'
import { type Spread, spreadOf } from '../measure/figures.ts'
import { pairedP } from '../measure/permutation-test.ts'
import type { BurstPlan, BurstResult } from './burst.ts'
import { roundsLeft } from './rounds-left.ts'

/**
 * A burst amid the same presses to the baselines. Only these compare: the speed of a machine halves within
 * minutes.
 */
export type Round = {
  burst: BurstResult
  baselines: Record<BaselineName, BaselineRun>
  /** Bare node:http once more, at the other end of the round: the noise of the machine. */
  control: BaselineRun
}

/** The ratios of some rounds, and `p` of the paired test that they differ from 1. */
export type RatioSpread = Spread & { p: number }

/** Coupons persisted a second, for each request a second of a baseline in the same round. */
export type Comparison = {
  rounds: Round[]
  ratios: Record<BaselineName, RatioSpread>
  /** Bare node:http at the end of a round, for each request a second at its start. 1 on a quiet machine. */
  noise: RatioSpread
}

const over = (value: number, base: number): number => (base === 0 ? 0 : value / base)

/** The requests a second of a baseline in a round. Bare node:http is taken from both ends. */
export const baselineRate = ({ baselines, control }: Round, name: BaselineName): number =>
  name === 'node'
    ? (baselines.node.answersPerSecond + control.answersPerSecond) / 2
    : baselines[name].answersPerSecond

/** Coupons persisted a second in a round, for each request a second of a baseline. */
export const roundRatio = (round: Round, name: BaselineName): number =>
  over(round.burst.figures.persistedPerSecond, baselineRate(round, name))

/** Bare node:http at the end of a round, for each of its requests a second at the start. */
export const roundNoise = ({ baselines, control }: Round): number =>
  over(control.answersPerSecond, baselines.node.answersPerSecond)

/** Compares what the rounds measured. */
export const compareRounds = (rounds: Round[]): Comparison => {
  const spread = (figure: (round: Round) => number): RatioSpread => {
    const ratios = rounds.map(figure)
    return { ...spreadOf(ratios), p: pairedP(ratios) }
  }
  return {
    rounds,
    ratios: {
      node: spread((round) => roundRatio(round, 'node')),
      hono: spread((round) => roundRatio(round, 'hono')),
    },
    noise: spread(roundNoise),
  }
}

/** What rounds run, and where they say how far they are. */
export type RoundRunners = {
  baseline: PressBaseline
  burst(plan: BurstPlan): Promise<BurstResult>
  progress: ProgressDisplay
  now(): number
}

/** Runs `count` rounds. Their order alternates, so that a drift of the machine favours neither side. */
export const runRounds = async (count: number, plan: BurstPlan, run: RoundRunners): Promise<Comparison> => {
  const rounds: Round[] = []
  const startedMs = run.now()
  let lastMs = startedMs
  const runRound = async (isEven: boolean): Promise<Round> => {
    const node = await run.baseline('node', plan)
    const early = isEven ? await run.baseline('hono', plan) : undefined
    const burst = await run.burst(plan)
    const hono = early ?? (await run.baseline('hono', plan))
    return { burst, baselines: { node, hono }, control: await run.baseline('node', plan) }
  }
  const howFar = (): string => {
    const nowMs = run.now()
    const elapsedMs = nowMs - startedMs
    return roundsLeft({ count, done: rounds.length, elapsedMs, sinceLastMs: nowMs - lastMs })
  }
  while (rounds.length < count) {
    rounds.push(await run.progress.step(howFar, () => runRound(rounds.length % 2 === 0)))
    lastMs = run.now()
  }
  return compareRounds(rounds)
}
