import { z } from 'zod'
import type { Told } from '../../coupon/audit/compare/identity.ts'

/** An answer, understood. */
export type Answer = {
  told: Told
  /** The name under which a report counts it. */
  outcome: string
  /** What a shopper does next: ask what came of it, press again, or nothing. */
  next: 'ask' | 'press' | 'nothing'
  /** Not before this long. */
  retryAfterMs: number
  /** What it says of the gate: that it is being brought back, that it decides, or nothing (the ledger too knows who has a coupon). */
  gate: 'recovering' | 'deciding' | 'silent'
}

/** When a request left and when its answer was read, in the clock of the run. */
export type AnswerTimes = { sentMs: number; answeredMs: number }

const couponShape = z.object({
  id: z.string(),
  campaignId: z.string(),
  userId: z.string(),
  slot: z.int(),
  rank: z.int(),
})

const outcomeShape = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('granted'), coupons: z.tuple([couponShape]) }),
  z.object({ outcome: z.enum(['confirming', 'recovering', 'none']), retryAfterMs: z.number().default(0) }),
])

const problemShape = z.object({ code: z.string() })

const parse = <Shape extends z.ZodType>(shape: Shape, body: string): z.infer<Shape> | undefined => {
  try {
    return shape.parse(JSON.parse(body))
  } catch {
    // Whatever it is, it is not what the contract says: the caller counts it as unreadable.
    return undefined
  }
}

const retryAfterOf = (header: string | undefined): number => {
  const seconds = Number(header)
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : 0
}

const grantedBy = (coupon: z.infer<typeof couponShape>): Told => {
  const { id, ...rest } = coupon
  return { kind: 'granted', coupon: { ...rest, couponId: id } }
}

/** A request that nobody answered, or that never left. */
export const unanswered: Answer = {
  told: { kind: 'unknown' },
  outcome: 'unanswered',
  next: 'ask',
  retryAfterMs: 0,
  gate: 'silent',
}

/** Understands the answer to a press. */
export const readIssue = (status: number, body: string, retryAfter?: string): Answer => {
  const retryAfterMs = retryAfterOf(retryAfter)
  if (status === 200 || status === 201) {
    const coupon = parse(couponShape, body)
    // A yes without a coupon that can be read is to be asked again.
    if (coupon === undefined) return { ...unanswered, outcome: `${status} unreadable` }
    return {
      told: grantedBy(coupon),
      outcome: status === 201 ? 'granted' : 'had it already',
      next: 'nothing',
      retryAfterMs,
      gate: 'deciding',
    }
  }
  if (status === 202)
    return {
      told: { kind: 'confirming' },
      outcome: 'confirming',
      next: 'ask',
      retryAfterMs,
      gate: 'deciding',
    }
  const code = parse(problemShape, body)?.code ?? 'unreadable'
  if (status === 409 && code === 'sold-out')
    return { told: { kind: 'sold-out' }, outcome: code, next: 'nothing', retryAfterMs, gate: 'deciding' }
  const gate = code === 'recovering' ? 'recovering' : 'silent'
  if (status === 503 || status === 429)
    return { told: { kind: 'unknown' }, outcome: code, next: 'press', retryAfterMs, gate }
  if (status >= 500 || code === 'unreadable')
    return { ...unanswered, outcome: `${status} ${code}`, retryAfterMs }
  return { told: { kind: 'refused', code }, outcome: code, next: 'nothing', retryAfterMs, gate: 'silent' }
}

/** Understands the answer of the outcome route. */
export const readOutcome = (status: number, body: string, retryAfter?: string): Answer => {
  const read = status === 200 ? parse(outcomeShape, body) : undefined
  if (read === undefined)
    return { ...unanswered, outcome: `outcome ${status}`, retryAfterMs: retryAfterOf(retryAfter) }
  const { outcome } = read
  if (outcome === 'granted')
    return { ...unanswered, told: grantedBy(read.coupons[0]), outcome, next: 'nothing' }
  const { retryAfterMs } = read
  if (outcome === 'none')
    return { told: { kind: 'none' }, outcome, next: 'press', retryAfterMs, gate: 'deciding' }
  if (outcome === 'recovering')
    return { told: { kind: 'unknown' }, outcome, next: 'ask', retryAfterMs, gate: 'recovering' }
  return { told: { kind: 'confirming' }, outcome, next: 'ask', retryAfterMs, gate: 'silent' }
}
