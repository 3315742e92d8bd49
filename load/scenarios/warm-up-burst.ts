import { type BurstPlan, type BurstResult, runBurst } from './burst.ts'
import type { ScenarioDependencies } from './prepare.ts'

/** How much is pressed before anything is measured. */
export type WarmUpSize = {
  /** Presses to a campaign of their own; 0 for none. */
  warmUp: number
  connections: number
}

/** As many coupons as shoppers, less a few, so that every path through the code is warm. */
export const warmUpPlan = ({ warmUp, connections }: WarmUpSize): BurstPlan => ({
  name: 'warm-up',
  shoppers: warmUp,
  stock: Math.max(1, Math.floor(warmUp * 0.9)),
  connections: Math.min(connections, warmUp),
})

/** Warms up the system and this process. A promise that is broken meanwhile is broken. */
export const runWarmUp = async (
  plan: WarmUpSize,
  dependencies: ScenarioDependencies,
): Promise<BurstResult | undefined> =>
  plan.warmUp === 0 ? undefined : runBurst(warmUpPlan(plan), dependencies)
