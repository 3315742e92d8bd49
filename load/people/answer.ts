import { z } from 'zod'
import type { ClientAnswer } from '../../coupon/audit/compare/source-entries.ts'

/** An answer of the API, and what a shopper makes of it. */
export type Answer = {
  meaning: ClientAnswer
  /** The name under which reports count it. */
  outcome: string
  /** What the shopper does next: press again, ask for the outcome, or nothing. */
  next: 'outcome' | 'press' | 'nothing'
  /** The least delay before that. */
  retryAfterMs: number
  /** What it says about the gate. `silent` is nothing: the ledger, too, knows who has a coupon. */
  gate: 'recovering' | 'deciding' | 'silent'
}

/** When a request was sent and its answer read, in the clock of the run. */
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
  z.object({ outcome: z.enum(['confirming', 'recovering', 'none']), refreshAfterMs: z.number().default(0) }),
])

const problemShape = z.object({ code: z.string() })

const parse = <Shape extends z.ZodType>(shape: Shape, body: string): z.infer<Shape> | undefined => {
  try {
    return shape.parse(JSON.parse(body))
  } catch {
    // It breaks the contract: the caller counts it as unreadable.
    return undefined
  }
}

const retryAfterOf = (header: string | undefined): number => {
  const seconds = Number(header)
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : 0
}

const grantedBy = (coupon: z.infer<typeof couponShape>): ClientAnswer => {
  const { id, ...rest } = coupon
  return { kind: 'granted', coupon: { ...rest, couponId: id } }
}

/** For a request without an answer. */
export const unanswered: Answer = {
  meaning: { kind: 'unknown' },
  outcome: 'unanswered',
  next: 'outcome',
  retryAfterMs: 0,
  gate: 'silent',
}

/** Reads the answer to a press. */
export const readIssue = (status: number, body: string, retryAfter?: string): Answer => {
  const retryAfterMs = retryAfterOf(retryAfter)
  if (status === 200 || status === 201) {
    const coupon = parse(couponShape, body)
    // A yes without a readable coupon: the shopper asks again.
    if (coupon === undefined) return { ...unanswered, outcome: `${status} unreadable` }
    return {
      meaning: grantedBy(coupon),
      outcome: status === 201 ? 'granted' : 'had it already',
      next: 'nothing',
      retryAfterMs,
      gate: 'deciding',
    }
  }
  if (status === 202)
    return {
      meaning: { kind: 'confirming' },
      outcome: 'confirming',
      next: 'outcome',
      retryAfterMs,
      gate: 'deciding',
    }
  const code = parse(problemShape, body)?.code ?? 'unreadable'
  if (status === 409 && code === 'sold-out')
    return { meaning: { kind: 'sold-out' }, outcome: code, next: 'nothing', retryAfterMs, gate: 'deciding' }
  const gate = code === 'recovering' ? 'recovering' : 'silent'
  if (status === 503 || status === 429)
    return { meaning: { kind: 'unknown' }, outcome: code, next: 'press', retryAfterMs, gate }
  if (status >= 500 || code === 'unreadable')
    return { ...unanswered, outcome: `${status} ${code}`, retryAfterMs }
  return { meaning: { kind: 'refused', code }, outcome: code, next: 'nothing', retryAfterMs, gate: 'silent' }
}

/** Reads the answer to a request for the outcome. */
export const readOutcome = (status: number, body: string, retryAfter?: string): Answer => {
  const read = status === 200 ? parse(outcomeShape, body) : undefined
  if (read === undefined)
    return { ...unanswered, outcome: `outcome ${status}`, retryAfterMs: retryAfterOf(retryAfter) }
  const { outcome } = read
  if (outcome === 'granted')
    return { ...unanswered, meaning: grantedBy(read.coupons[0]), outcome, next: 'nothing' }
  const retryAfterMs = read.refreshAfterMs
  if (outcome === 'none')
    return { meaning: { kind: 'none' }, outcome, next: 'press', retryAfterMs, gate: 'deciding' }
  if (outcome === 'recovering')
    return { meaning: { kind: 'unknown' }, outcome, next: 'outcome', retryAfterMs, gate: 'recovering' }
  return { meaning: { kind: 'confirming' }, outcome, next: 'outcome', retryAfterMs, gate: 'silent' }
}
