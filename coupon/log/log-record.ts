import { z } from 'zod'
import { type Grant, grantShape } from '../grant.ts'

/** A record of the log: a grant, or a marker written by an arming or by the warm-up of a process. */
export type LogRecord = { kind: 'grant'; grant: Grant } | { kind: 'marker' }

/** Encodes a grant for the log. No field can hold a character that JSON escapes, so it is built as text. */
export const encodeGrant = (grant: Grant): string =>
  `{"couponId":"${grant.couponId}","campaignId":"${grant.campaignId}","userId":"${grant.userId}",` +
  `"slot":${grant.slot},"rank":${grant.rank},"epoch":${grant.epoch},"grantedAtMs":${grant.grantedAtMs}}`

/** Encodes a marker for the log. `purpose` is for people who read the topic. */
export const encodeMarker = (purpose: string): string => JSON.stringify({ marker: purpose })

/**
 * Why a record cannot be read. `undecodable`: not JSON. `invalid`: JSON, but neither a grant nor a marker.
 */
export type UnreadableRecord = { kind: 'undecodable' | 'invalid'; message: string }

/** Decodes a record of the log; never throws. */
export const decodeRecord = (value: Buffer | null): LogRecord | UnreadableRecord => {
  if (value === null) return { kind: 'undecodable', message: 'the record has no value' }
  let document: unknown
  try {
    document = JSON.parse(value.toString('utf8'))
  } catch {
    return { kind: 'undecodable', message: 'the value is not JSON' }
  }
  if (typeof document === 'object' && document !== null && 'marker' in document) return { kind: 'marker' }
  const parsed = grantShape.safeParse(document)
  return parsed.success
    ? { kind: 'grant', grant: parsed.data }
    : { kind: 'invalid', message: z.prettifyError(parsed.error) }
}
