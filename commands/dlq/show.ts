import { isUtf8 } from 'node:buffer'
import { positionText, type StoredLetter } from '../../coupon/log/dead-letter.ts'
import type { Grant } from '../../coupon/grant.ts'
import { decodeRecord } from '../../coupon/log/log-record.ts'
import { deadLettersTopic } from '../../coupon/log/topics.ts'
import type { FoundLetter } from './letters.ts'
import { adviceOf } from './reasons.ts'

/** What stands in a record may be anything: on a terminal it must not move the cursor or break a line. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')

const isoOf = (timeMs: number): string | null =>
  Math.abs(timeMs) <= 8_640_000_000_000_000 ? new Date(timeMs).toISOString() : null

const grantIn = (value: Buffer | null): Grant | null => {
  const record = decodeRecord(value)
  return record.kind === 'grant' ? record.grant : null
}

/** A letter as a JSON document, without the bytes of the record. */
export const letterDocument = ({ position: place, origin, redriveOf, value, ...letter }: StoredLetter) => ({
  id: positionText(place),
  reason: letter.reason,
  message: letter.message,
  time: letter.time,
  origin: { ...origin, timestamp: isoOf(origin.timestampMs) },
  redrives: letter.redrives,
  redriveOf: redriveOf === undefined ? null : positionText(redriveOf),
  grant: grantIn(value),
})

type Shown = { bytes: number; text: string } | { bytes: number; base64: string }

/** Bytes as text where they are text. */
const shown = (bytes: Buffer): Shown =>
  isUtf8(bytes)
    ? { bytes: bytes.length, text: bytes.toString('utf8') }
    : { bytes: bytes.length, base64: bytes.toString('base64') }

export const showJson = ({ letter, redriven }: FoundLetter): string => {
  const document = {
    ...letterDocument(letter),
    redriven: redriven === undefined ? null : { time: redriven.time, to: positionText(redriven.to) },
    key: letter.key === null ? null : shown(letter.key),
    value: letter.value === null ? null : shown(letter.value),
    advice: adviceOf(letter.reason),
  }
  return `${JSON.stringify(document, undefined, 2)}\n`
}

const lengthShownMax = 10_000

const bytesText = (bytes: Buffer | null): string => {
  if (bytes === null) return 'none'
  const original = shown(bytes)
  const [text, form] =
    'text' in original ? [printable(original.text), ''] : [original.base64, ', no text, as base64']
  const cut = text.length > lengthShownMax ? ', cut here; --json has all of it' : ''
  return `${original.bytes} bytes${form}${cut}: ${text.slice(0, lengthShownMax)}`
}

const grantLines = (value: Buffer | null): [string, string][] => {
  const record = decodeRecord(value)
  if (record.kind !== 'grant') return []
  return Object.entries(record.grant).map(([name, fact]) => [`  ${name}`, String(fact)])
}

/** One letter for people: everything that is known of it, and what to do. */
export const showText = ({ letter, redriven }: FoundLetter): string => {
  const { origin, redriveOf } = letter
  const appended = isoOf(origin.timestampMs) ?? `${origin.timestampMs} ms`
  const lines: [string, string][] = [
    ['letter', `${positionText(letter.position)} of ${deadLettersTopic}`],
    ['reason', letter.reason],
    ['why', letter.message],
    ['since', letter.time],
    ['origin', `${positionText(origin)} of ${origin.topic}, appended ${appended}`],
    [
      'redrives',
      `${letter.redrives}${redriveOf === undefined ? '' : `, the last of ${positionText(redriveOf)}`}`,
    ],
    [
      'state',
      redriven === undefined ? 'open' : `redriven ${redriven.time}, lies at ${positionText(redriven.to)}`,
    ],
    ['key', bytesText(letter.key)],
    ['value', bytesText(letter.value)],
    ...grantLines(letter.value),
    ['advice', adviceOf(letter.reason)],
  ]
  return lines.map(([name, text]) => `${name.padEnd(14)} ${printable(text)}\n`).join('')
}
