import { z } from 'zod'
import { type Grant, idPattern, slotMax, userIdPattern } from '../grant.ts'

/** What lies in the log: a grant, or a marker that arming and warming up leave there. */
export type LogRecord = { kind: 'grant'; grant: Grant } | { kind: 'marker' }

/** The grant as a record of the log. No field can hold a character that JSON escapes, so it is put together as text. */
export const encodeGrant = (grant: Grant): string =>
  `{"couponId":"${grant.couponId}","campaignId":"${grant.campaignId}","userId":"${grant.userId}","slot":${grant.slot},` +
  `"rank":${grant.rank},"epoch":${grant.epoch},"grantedAtMs":${grant.grantedAtMs}}`

/** A marker as a record of the log; `purpose` is for people who look at the topic. */
export const encodeMarker = (purpose: string): string => JSON.stringify({ marker: purpose })

const grantShape = z.object({
  couponId: z.string().regex(idPattern),
  campaignId: z.string().regex(idPattern),
  userId: z.string().regex(userIdPattern),
  slot: z.int().min(1).max(slotMax),
  rank: z.int().min(1).max(4_294_967_295),
  epoch: z.int().min(1).max(4_294_967_295),
  grantedAtMs: z.int().min(0),
})

/** Why a record of the log can not be read: its bytes are no JSON, or the JSON is neither grant nor marker. */
export type UnreadableRecord = { kind: 'undecodable' | 'invalid'; message: string }

/** Reads a record of the log; never throws. */
export const decodeRecord = (value: Buffer | null): LogRecord | UnreadableRecord => {
  if (value === null) return { kind: 'undecodable', message: 'the record has no value' }
  let document: unknown
  try {
    document = JSON.parse(value.toString('utf8'))
  } catch {
    return { kind: 'undecodable', message: 'the value is no JSON' }
  }
  if (typeof document === 'object' && document !== null && 'marker' in document) return { kind: 'marker' }
  const parsed = grantShape.safeParse(document)
  return parsed.success
    ? { kind: 'grant', grant: parsed.data }
    : { kind: 'invalid', message: z.prettifyError(parsed.error) }
}
