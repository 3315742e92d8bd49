import { baselineLabels } from '../baselines/baseline-server.ts'
import { type ComparedRuns, ratioName } from '../measure/compare-runs.ts'
import { isWithinNoise } from '../measure/permutation-test.ts'
import { asProbability, asRatio } from './numbers.ts'

/**
 * One sentence on whether the second run is slower than the first, by the ratio to bare node:http. Other
 * figures depend on the machine and its hour. It begins with `warning` only beyond noise.
 */
export const watchedRatio = ({ figures, warnings }: ComparedRuns): string => {
  const watched = figures.find(({ figure }) => figure === ratioName('node'))
  const subject = `coupons persisted for each request of ${baselineLabels.node}`
  if (watched === undefined || watched.a === null || watched.b === null || watched.p === null)
    return `not compared: ${subject}, because a run is not PASS or has no rounds`
  const isSlower = watched.b < watched.a && !isWithinNoise(watched.p)
  const but = warnings.length === 0 ? '' : `; they differ in ${warnings.join(', ')}`
  const change = `${asRatio(watched.b)}, and ${asRatio(watched.a)} before (${asProbability(watched.p)})`
  return `${isSlower ? 'warning, slower than noise explains' : 'no regression'}: ${subject}: ${change}${but}`
}
