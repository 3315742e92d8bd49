import { setTimeout as wait } from 'node:timers/promises'
import type { GateSurveyor } from '../../coupon/gate/gate-surveyor.ts'
import { withTimeout } from '../../platform/with-timeout.ts'
import type { People } from './people.ts'

/**
 * The traffic at the moment when a fault strikes. `unconfirmed` counts grants that Kafka has not confirmed.
 */
export type Traffic = { inFlight: number; unconfirmed: number; stockLeft: number }

export type TrafficOptions = {
  /** Of the Redis that is the master now, past the links. */
  gate: Pick<GateSurveyor, 'survey'>
  campaignId: string
  stock: number
  people: Pick<People, 'inFlight' | 'winnerCount' | 'isSoldOut'>
  now(): number
}

const pauseMs = 1
const answerWithinMs = 300

/**
 * Waits up to `limitMs` for a moment with requests in flight and unconfirmed grants, and returns its traffic.
 * While another fault keeps the gate from answering, no grant can be counted as unconfirmed. The stock left
 * is then what the winners have not taken, or 0 once an answer says that nothing is left.
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
    const isArmed = surveyed?.kind === 'armed'
    const sold = isArmed ? surveyed.granted : people.winnerCount()
    const traffic: Traffic = {
      inFlight: people.inFlight(),
      unconfirmed: isArmed ? surveyed.grantsPending : 0,
      stockLeft: !isArmed && people.isSoldOut() ? 0 : stock - sold,
    }
    const isBusy = traffic.inFlight > 0 && (traffic.unconfirmed > 0 || !isArmed)
    if (isBusy || now() >= untilMs) return traffic
    await wait(pauseMs)
  }
}
