import { setTimeout as wait } from 'node:timers/promises'
import type { GateSurveyor } from '../../coupon/gate/gate-surveyor.ts'
import { withTimeout } from '../../platform/with-timeout.ts'
import type { People } from './people.ts'

/** How things stand when a fault strikes. */
export type Traffic = { inFlight: number; unconfirmed: number; stockLeft: number }

export type TrafficOptions = {
  /** The gate of the server that leads now, past the links. */
  gate: Pick<GateSurveyor, 'survey'>
  campaignId: string
  stock: number
  people: Pick<People, 'inFlight' | 'winners' | 'isSoldOut'>
  now(): number
}

const pauseMs = 1
const answerWithinMs = 300

/**
 * Waits, for up to `limitMs`, for a moment in which requests are in flight and grants are not confirmed, and says how things stand in it. A gate that
 * does not answer, because another fault is on, has no grants that anybody could count: 0; what is left of the stock is then known from the winners,
 * and is nothing once somebody was told so.
 */
export const waitForTraffic = async (
  { gate, campaignId, stock, people, now }: TrafficOptions,
  limitMs: number,
): Promise<Traffic> => {
  const untilMs = now() + limitMs
  for (;;) {
    const surveyed = await withTimeout(gate.survey(campaignId), answerWithinMs, 'gate: no answer').catch(
      () => undefined,
    )
    const standing: Traffic =
      surveyed?.kind === 'armed'
        ? {
            inFlight: people.inFlight(),
            unconfirmed: surveyed.grantsPending,
            stockLeft: stock - surveyed.granted,
          }
        : {
            inFlight: people.inFlight(),
            unconfirmed: 0,
            stockLeft: people.isSoldOut() ? 0 : stock - people.winners(),
          }
    const isHot = standing.inFlight > 0 && (standing.unconfirmed > 0 || surveyed?.kind !== 'armed')
    if (isHot || now() >= untilMs) return standing
    await wait(pauseMs)
  }
}
