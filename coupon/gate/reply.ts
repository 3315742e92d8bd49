import { z } from 'zod'
import { Failure } from '../../platform/failure.ts'

/**
 * Why a gate does not answer. `recovering`: the gate or its server lost memory, or the gate is being armed.
 * `epoch`: the caller passed another epoch than this one of the gate.
 */
export type Refusal = { kind: 'recovering'; reason: string } | { kind: 'epoch'; epoch: number }

/** A step found another arming, another server or lost memory. `what` is for the log. */
export type Lost = { kind: 'lost'; what: string }

const replyShape = z
  .array(z.union([z.string(), z.number(), z.array(z.union([z.string(), z.number()]))]))
  .min(1)

/** A script's reply as a typed list of parts. An accessor throws `defect` for a part of another type. */
export type Reply = {
  code: string
  text(index: number): string
  number(index: number): number
  list(index: number): readonly (string | number)[]
  /** A flat list of index (from 1), kind and value; the returned index counts from 0. */
  triples(index: number): { index: number; kind: string; value: unknown }[]
  rest(index: number): readonly unknown[]
}

/** A reply that no script of the gate can give. */
export const replyDefect = (script: string, what: string): Failure =>
  new Failure('defect', `reply of ${script}: ${what}`)

/** A number of a reply, which comes as a number or as text. Throws `defect` unless it is a safe integer. */
export const wholeNumber = (script: string, value: unknown): number => {
  const number =
    typeof value === 'number' ? value : typeof value === 'string' && value !== '' ? Number(value) : Number.NaN
  if (!Number.isSafeInteger(number))
    throw replyDefect(script, `expected a whole number, got ${JSON.stringify(value)}`)
  return number
}

export const parseReply = (script: string, raw: unknown): Reply => {
  const parsed = replyShape.safeParse(raw)
  if (!parsed.success) throw replyDefect(script, 'expected a list')
  const parts = parsed.data
  const list = (index: number): readonly (string | number)[] => {
    const part = parts[index]
    if (!Array.isArray(part)) throw replyDefect(script, `expected a list at ${index}`)
    return part
  }
  return {
    code: String(parts[0]),
    text: (index) => {
      const part = parts[index]
      if (typeof part !== 'string') throw replyDefect(script, `expected text at ${index}`)
      return part
    },
    number: (index) => wholeNumber(script, parts[index]),
    list,
    triples: (index) => {
      const flat = list(index)
      const triples = []
      for (let at = 0; at < flat.length; at += 3)
        triples.push({
          index: wholeNumber(script, flat[at]) - 1,
          kind: String(flat[at + 1]),
          value: flat[at + 2],
        })
      return triples
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
      throw replyDefect(script, `unknown code ${reply.code}`)
  }
}

/** Describes any code but OK of a step that may find its arming lost. */
export const parseLost = (script: string, reply: Reply): Lost => ({
  kind: 'lost',
  what: `${script} answered ${[reply.code, ...reply.rest(1)].join(' ')}`.trim(),
})
