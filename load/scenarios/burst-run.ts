import type { BurstArguments } from '../arguments/burst.ts'
import { type Baseline, type RunBare, runPairs } from './baseline.ts'
import type { BurstPlan, BurstResult } from './burst.ts'
import { type LoadVerdict, worstVerdict } from './load-verdict.ts'

/** The bursts of one command. A warm-up is among them only when it broke a promise. */
export type BurstRun = { bursts: BurstResult[]; pairs: Baseline | undefined; verdict: LoadVerdict }

/** The two ways in which a run presses. */
export type BurstRunners = {
  burst(plan: BurstPlan): Promise<BurstResult>
  /** Runs bare Hono while `work` runs. */
  withBare(work: (bare: RunBare) => Promise<Baseline>): Promise<Baseline>
}

// As many coupons as shoppers, less a few, so that every path through the code is warm.
const warmUpPlan = ({ warmUp, connections }: BurstArguments): BurstPlan => ({
  name: 'warm-up',
  shoppers: warmUp,
  stock: Math.max(1, Math.floor(warmUp * 0.9)),
  connections: Math.min(connections, warmUp),
})

const conclude = (bursts: BurstResult[], pairs?: Baseline): BurstRun => ({
  bursts,
  pairs,
  verdict: worstVerdict(bursts.map(({ verdict }) => verdict)),
})

/**
 * Warms up, then runs one burst, or pairs of a burst and bare Hono. A cold broker takes five to seven times
 * as long as a warm one, and every process still compiles what it runs.
 */
export const runBursts = async (
  asked: BurstArguments,
  { burst, withBare }: BurstRunners,
): Promise<BurstRun> => {
  const { shoppers, stock, connections } = asked
  const plan: BurstPlan = { name: 'burst', shoppers, stock, connections }
  const warmUp = asked.warmUp > 0 ? await burst(warmUpPlan(asked)) : undefined
  // A promise broken while warming up is broken.
  const unsound = warmUp === undefined || warmUp.verdict === 'pass' ? [] : [warmUp]
  const { pairs: count } = asked
  if (count === undefined) return conclude([...unsound, await burst(plan)])
  const pairs = await withBare(async (bare) => {
    if (asked.warmUp > 0) await bare(warmUpPlan(asked))
    return runPairs(count, plan, { bare, burst })
  })
  return conclude([...unsound, ...pairs.pairs.map((pair) => pair.burst)], pairs)
}
