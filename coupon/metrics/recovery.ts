import type { Metrics } from '../../platform/metrics/metrics.ts'
import type { Arming } from '../recovery/arming.ts'
import type { ArmOutcome } from '../recovery/arming-steps.ts'
import type { Retirement } from '../recovery/retirement.ts'
import type { Sweep } from '../recovery/sweep.ts'

const armOutcomes: Record<ArmOutcome['kind'], true> = {
  armed: true,
  'in-order': true,
  busy: true,
  'unknown-campaign': true,
  retired: true,
  lost: true,
}

/** The same arming, with its outcomes counted. */
export const measureArming = (arming: Arming, metrics: Metrics): Arming => {
  const armings = metrics.counter({
    name: 'firstcome_armings_total',
    help: 'Armings of gates by outcome. `failed`: a server did not answer, and the arming starts over.',
    labels: ['outcome'],
  })
  for (const outcome of [...Object.keys(armOutcomes), 'failed']) armings(outcome).add(0)
  return {
    async arm(campaignIds, ...options) {
      try {
        const outcomes = await arming.arm(campaignIds, ...options)
        for (const { kind } of outcomes.values()) armings(kind).add(1)
        return outcomes
      } catch (cause) {
        armings('failed').add(campaignIds.length)
        throw cause
      }
    },
  }
}

/** The same retirement, with its outcomes counted. */
export const measureRetirement = (retirement: Retirement, metrics: Metrics): Retirement => {
  const retirements = metrics.counter({
    name: 'firstcome_retirements_total',
    help: 'Attempts to retire a gate past its lifetime: `retired`, or `kept`, with the reason in the logs.',
    labels: ['outcome'],
  })
  const counts = { retired: retirements('retired'), kept: retirements('kept') }
  return {
    finishOthers: retirement.finishOthers,
    async step() {
      const outcome = await retirement.step()
      if (outcome !== undefined) counts[outcome.kind].add(1)
      return outcome
    },
  }
}

/** The same sweep, with the grants that it found counted. */
export const measureSweep = (sweep: Sweep, metrics: Metrics): Sweep => {
  const found = metrics.counter({
    name: 'firstcome_swept_grants_total',
    help: 'Grants that only a gate had and the sweep appended to the log. The protocol leaves none: investigate each.',
  })()
  return {
    async step(campaigns) {
      const grants = await sweep.step(campaigns)
      found.add(grants)
      return grants
    },
  }
}
