import { inThousands } from '../report/numbers.ts'
import { type BurstPlan, type BurstResult, runBurst } from './burst.ts'
import { type LoadCampaign, prepareCampaign, type ScenarioDependencies } from './prepare.ts'

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

/**
 * Warms up the system and this process, then creates a campaign and its shoppers. A promise that is broken
 * while warming up is broken, so its result is returned as well.
 */
export const warmUpAndPrepare = async (
  size: WarmUpSize,
  people: { shoppers: number; stock: number },
  dependencies: ScenarioDependencies,
): Promise<{ warmUp: BurstResult | undefined; campaign: LoadCampaign }> => {
  const warmUp = size.warmUp === 0 ? undefined : await runBurst(warmUpPlan(size), dependencies)
  const campaign = await dependencies.progress.step(`creating ${inThousands(people.shoppers)} shoppers`, () =>
    prepareCampaign(people, dependencies),
  )
  return { warmUp, campaign }
}
