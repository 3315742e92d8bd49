import type { Grant } from '../grant.ts'
import { decodeRecord } from '../log/log-record.ts'

/** The grant in the value of a letter; null when there is none. */
export const grantIn = (value: Buffer | null): Grant | null => {
  const record = decodeRecord(value)
  return record.kind === 'grant' ? record.grant : null
}

/** A time in the form of RFC 3339. Null for a time that no date can hold. */
export const isoOf = (timeMs: number): string | null =>
  Math.abs(timeMs) <= 8_640_000_000_000_000 ? new Date(timeMs).toISOString() : null

/** The same. Null also for a year that has not four digits, which RFC 3339 has no form for. */
export const strictIsoOf = (timeMs: number): string | null => {
  const text = isoOf(timeMs)
  return text?.length === '1970-01-01T00:00:00.000Z'.length ? text : null
}
