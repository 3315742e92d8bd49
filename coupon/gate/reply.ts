import { z } from 'zod'
import { Failure } from '../../platform/failure.ts'

/**
 * Why a gate does not decide. `recovering`: the gate or its server lost memory, or is being armed. `epoch`:
 * the caller's is wrong.
 */
export type Refusal = { kind: 'recovering'; reason: string } | { kind: 'epoch'; epoch: number }

/** A step found another arming, another server or lost memory. `what` is for the log. */
export type Lost = { kind: 'lost'; what: string }

/** A grant as the winners hash holds it: `couponId|rank|grantedAtMs|number`. */
export type PackedGrant = { couponId: string; rank: number; grantedAtMs: number; number: number }

const replyShape = z
  .array(z.union([z.string(), z.number(), z.array(z.union([z.string(), z.number()]))]))
  .min(1)

/**
 * A script's reply as a typed list of parts. Each accessor throws `defect` when its part has another type.
 */
export type Reply = {
  code: string
  text(index: number): string
  number(index: number): number
  list(index: number): readonly (string | number)[]
  rest(index: number): readonly unknown[]
}

const defect = (script: string, what: string): Failure => new Failure('defect', `reply of ${script}: ${what}`)

/**
 * Parses a number of a reply, which comes as a number or as text; throws `defect` unless it is a safe
 * integer.
 */
export const wholeNumber = (script: string, value: unknown): number => {
  const number =
    typeof value === 'number' ? value : typeof value === 'string' && value !== '' ? Number(value) : Number.NaN
  if (!Number.isSafeInteger(number))
    throw defect(script, `expected a whole number, got ${JSON.stringify(value)}`)
  return number
}

export const parseReply = (script: string, raw: unknown): Reply => {
  const parsed = replyShape.safeParse(raw)
  if (!parsed.success) throw defect(script, 'expected a list')
  const parts = parsed.data
  return {
    code: String(parts[0]),
    text: (index) => {
      const part = parts[index]
      if (typeof part !== 'string') throw defect(script, `expected text at ${index}`)
      return part
    },
    number: (index) => wholeNumber(script, parts[index]),
    list: (index) => {
      const part = parts[index]
      if (!Array.isArray(part)) throw defect(script, `expected a list at ${index}`)
      return part
    },
    rest: (index) => parts.slice(index),
  }
}

/** Parses a refusal of order.lua; throws `defect` for any other code. */
export const parseRefusal = (script: string, reply: Reply): Refusal => {
  switch (reply.code) {
    case 'EPOCH':
      return { kind: 'epoch', epoch: reply.number(1) }
    case 'UNARMED':
    case 'STALE':
    case 'REARMING':
      return { kind: 'recovering', reason: `${reply.code.toLowerCase()} ${reply.text(1)}`.trim() }
    default:
      throw defect(script, `unknown code ${reply.code}`)
  }
}

/** Describes any code but OK of a step that may find its arming lost. */
export const parseLost = (script: string, reply: Reply): Lost => ({
  kind: 'lost',
  what: `${script} answered ${[reply.code, ...reply.rest(1)].join(' ')}`.trim(),
})

/** Throws `defect` unless it has the four parts. */
export const parsePackedGrant = (script: string, packed: unknown): PackedGrant => {
  const parts = typeof packed === 'string' ? packed.split('|') : []
  const [couponId, rank, grantedAtMs, number] = parts
  if (parts.length !== 4 || couponId === undefined)
    throw defect(script, 'expected a packed grant of four parts')
  return {
    couponId,
    rank: wholeNumber(script, rank),
    grantedAtMs: wholeNumber(script, grantedAtMs),
    number: wholeNumber(script, number),
  }
}
