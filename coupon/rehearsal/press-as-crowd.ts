import type { IssueAnswer } from '../issue/issuer.ts'
import { createPressTally, type PressFigures } from './press-tally.ts'
import { shoppersPerRepeat } from './rehearsal-terms.ts'

export type RehearsalCrowdOptions = {
  shoppers: number
  /** The most presses a second, repeated ones too. */
  perSecond: number
  /** Shoppers press for different slots, up to this one. */
  perUserLimit: number
  /** User ids are this and a number. */
  userIdPrefix: string
  /** Presses without an answer at once. The next one waits: a gate that is away gets no queue of them. */
  inFlightMax: number
  /** No press after so long. */
  durationMaxMs: number
  issue(userId: string, slot: number): Promise<IssueAnswer>
  isStopped(): boolean
  monotonicMs(): number
  wait(milliseconds: number): Promise<unknown>
}

/** `closed`: the campaign was closed meanwhile. `stopped`: the process is stopping. `late`: time was up. */
export type CrowdResult = { end: 'complete' | 'closed' | 'stopped' | 'late'; tookMs: number } & PressFigures

type Press = { userId: string; slot: number; mayRepeat: boolean; held?: string | undefined }

const tickMs = 10

/** A timer that is late may be made up for by as many presses as belong to this time. */
const catchUpMs = 250

const couponIn = (answer: IssueAnswer): string | undefined =>
  'grant' in answer ? answer.grant.couponId : undefined

/**
 * Presses as a crowd would: at its own pace, whatever the answers take. Some press a second time after their
 * answer, and a winner must be shown the same coupon then. Resolves when every press has its answer. While
 * the campaign is paused the presses go on, and are refused.
 */
export const pressAsCrowd = async (options: RehearsalCrowdOptions): Promise<CrowdResult> => {
  const { shoppers, perSecond, monotonicMs } = options
  const tally = createPressTally()
  const startMs = monotonicMs()
  const repeats: Press[] = []
  let [next, inFlight, isClosed] = [0, 0, false]

  const take = (): Press | undefined => {
    const repeat = repeats.shift()
    if (repeat !== undefined || next >= shoppers) return repeat
    const number = next
    next += 1
    return {
      userId: `${options.userIdPrefix}${number}`,
      slot: 1 + (number % options.perUserLimit),
      mayRepeat: number % shoppersPerRepeat === 0,
    }
  }
  const send = async (press: Press): Promise<void> => {
    const { userId, slot, mayRepeat, held } = press
    const sentMs = monotonicMs()
    inFlight += 1
    try {
      const answer = await options.issue(userId, slot)
      tally.answered(answer.kind, monotonicMs() - sentMs)
      const coupon = couponIn(answer)
      if (held !== undefined && (coupon !== held || answer.kind === 'granted')) tally.contradicted()
      if (answer.kind === 'closed' || answer.kind === 'unknown-campaign') isClosed = true
      if (mayRepeat) repeats.push({ userId, slot, mayRepeat: false, held: coupon })
    } catch {
      // Whatever went wrong, this press got no answer. The audit says whether anything was lost.
      tally.failed()
    } finally {
      inFlight -= 1
    }
  }
  /** Why no press is sent any more. */
  const endOf = (): CrowdResult['end'] | undefined => {
    if (options.isStopped()) return 'stopped'
    if (isClosed) return 'closed'
    if (next >= shoppers && repeats.length === 0 && inFlight === 0) return 'complete'
    return monotonicMs() - startMs > options.durationMaxMs ? 'late' : undefined
  }

  let allowed = 1
  let atMs = startMs
  let end = endOf()
  for (; end === undefined; end = endOf()) {
    const nowMs = monotonicMs()
    allowed = Math.min(
      allowed + ((nowMs - atMs) * perSecond) / 1_000,
      Math.max(1, (catchUpMs * perSecond) / 1_000),
    )
    atMs = nowMs
    while (allowed >= 1 && inFlight < options.inFlightMax) {
      const press = take()
      if (press === undefined) break
      allowed -= 1
      void send(press)
    }
    await options.wait(tickMs)
  }
  const tookMs = monotonicMs() - startMs
  // Each answer comes within the timeouts of gate and log.
  while (inFlight > 0) await options.wait(tickMs)
  return { end, tookMs, ...tally.figures() }
}
