import { z } from 'zod'
import { Failure } from '../../platform/failure.ts'

/** Why a gate says nothing: it or its server lost its memory, or it is being armed. */
export type Refusal = { kind: 'recovering'; reason: string } | { kind: 'epoch'; epoch: number }

/** A step that found another arming, another server or lost memory: it starts over. `what` is for the log. */
export type Lost = { kind: 'lost'; what: string }

/** A grant as the winners hash holds it: `couponId|rank|grantedAtMs|number`. */
export type PackedGrant = { couponId: string; rank: number; grantedAtMs: number; number: number }

const replyShape = z
  .array(z.union([z.string(), z.number(), z.array(z.union([z.string(), z.number()]))]))
  .min(1)

/** A script's reply as a typed list of parts; throws `defect` for anything a script of ours cannot say. */
export type Reply = {
  code: string
  text(index: number): string
  number(index: number): number
  list(index: number): readonly (string | number)[]
  rest(index: number): readonly unknown[]
}

const defect = (script: string, what: string): Failure => new Failure('defect', `reply of ${script}: ${what}`)

/** A whole number in any of the forms a reply holds one in. */
export const wholeNumber = (script: string, value: unknown): number => {
  const number =
    typeof value === 'number' ? value : typeof value === 'string' && value !== '' ? Number(value) : Number.NaN
  if (!Number.isSafeInteger(number))
    throw defect(script, `expected a whole number, got ${JSON.stringify(value)}`)
  return number
}

export const parseReply = (script: string, raw: unknown): Reply => {
  const parsed = replyShape.safeParse(raw)
  if (!parsed.success) throw defect(script, 'it is no list')
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

/** The refusals of order.lua; anything else is a defect. */
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

/** The answer of a step that found another arming, another server or lost memory. */
export const parseLost = (script: string, reply: Reply): Lost => ({
  kind: 'lost',
  what: `${script} answered ${[reply.code, ...reply.rest(1)].join(' ')}`.trim(),
})

export const parsePackedGrant = (script: string, packed: unknown): PackedGrant => {
  const parts = typeof packed === 'string' ? packed.split('|') : []
  const [couponId, rank, grantedAtMs, number] = parts
  if (parts.length !== 4 || couponId === undefined) throw defect(script, 'a packed grant has four parts')
  return {
    couponId,
    rank: wholeNumber(script, rank),
    grantedAtMs: wholeNumber(script, grantedAtMs),
    number: wholeNumber(script, number),
  }
}
