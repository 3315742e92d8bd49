import type { ProgressDisplay } from '../../platform/progress-display.ts'
import type { BurstArguments } from '../arguments/burst.ts'
import { baselineNames } from '../baselines/baseline-server.ts'
import type { PressBaseline } from '../baselines/press-baseline.ts'
import type { BurstPlan, BurstResult } from './burst.ts'
import { type LoadVerdict, worstVerdict } from './load-verdict.ts'
import { type Comparison, runRounds } from './rounds.ts'
import { warmUpPlan } from './warm-up-burst.ts'

/** The bursts of one command. A warm-up is among them only when it broke a promise. */
export type BurstRun = { bursts: BurstResult[]; comparison: Comparison | undefined; verdict: LoadVerdict }

/** The two ways in which a run presses. */
export type BurstRunners = {
  burst(plan: BurstPlan): Promise<BurstResult>
  /** Runs the baselines while `work` runs. */
  withBaselines(work: (baseline: PressBaseline) => Promise<Comparison>): Promise<Comparison>
  progress: ProgressDisplay
  now(): number
}

const conclude = (bursts: BurstResult[], comparison?: Comparison): BurstRun => ({
  bursts,
  comparison,
  verdict: worstVerdict(bursts.map(({ verdict }) => verdict)),
})

/**
 * Warms up, then runs one burst, or rounds of a burst and the baselines. A cold broker takes five to seven
 * times as long as a warm one, and every process still compiles what it runs.
 */
export const runBursts = async (
  asked: BurstArguments,
  { burst, withBaselines, progress, now }: BurstRunners,
): Promise<BurstRun> => {
  const { shoppers, stock, connections } = asked
  const plan: BurstPlan = { name: 'burst', shoppers, stock, connections }
  const warmUp = asked.warmUp > 0 ? await burst(warmUpPlan(asked)) : undefined
  // A promise broken while warming up is broken.
  const unsound = warmUp === undefined || warmUp.verdict === 'pass' ? [] : [warmUp]
  const { rounds: count } = asked
  if (count === undefined) return conclude([...unsound, await burst(plan)])
  const comparison = await withBaselines(async (baseline) => {
    if (asked.warmUp > 0) for (const name of baselineNames) await baseline(name, warmUpPlan(asked))
    return runRounds(count, plan, { baseline, burst, progress, now })
  })
  return conclude([...unsound, ...comparison.rounds.map((round) => round.burst)], comparison)
}
