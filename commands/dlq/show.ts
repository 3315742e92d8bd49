import { isUtf8 } from 'node:buffer'
import { adviceOf } from '../../coupon/dead-letters/advice.ts'
import type { FoundLetter } from '../../coupon/dead-letters/dead-letter-reader.ts'
import { grantIn, isoOf } from '../../coupon/dead-letters/letter-facts.ts'
import { positionText, type RedriveNote, type StoredLetter } from '../../coupon/log/dead-letter.ts'
import { deadLettersTopic } from '../../coupon/log/topics.ts'

/** A record may hold any text: on a terminal it must not move the cursor or break a line. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')

/** A letter as a JSON document, without the bytes of its record. */
export const letterDocument = ({ position, origin, redriveOf, value, ...letter }: StoredLetter) => ({
  id: positionText(position),
  reason: letter.reason,
  message: letter.message,
  time: letter.time,
  origin: { ...origin, timestamp: isoOf(origin.timestampMs) },
  redrives: letter.redrives,
  redriveOf: redriveOf === undefined ? null : positionText(redriveOf),
  grant: grantIn(value),
})

/** When a letter was redriven, and where its record is now. */
export const redrivenDocument = ({ time, to }: RedriveNote) => ({ time, to: positionText(to) })

type BytesDocument = { bytes: number; text: string } | { bytes: number; base64: string }

const bytesDocument = (bytes: Buffer): BytesDocument =>
  isUtf8(bytes)
    ? { bytes: bytes.length, text: bytes.toString('utf8') }
    : { bytes: bytes.length, base64: bytes.toString('base64') }

/** All of a letter as a JSON document. */
export const showDocument = ({ letter, redriven }: FoundLetter) => ({
  ...letterDocument(letter),
  redriven: redriven === undefined ? null : redrivenDocument(redriven),
  key: letter.key === null ? null : bytesDocument(letter.key),
  value: letter.value === null ? null : bytesDocument(letter.value),
  advice: adviceOf(letter.reason).en,
})

const shownLengthMax = 10_000

const bytesText = (bytes: Buffer | null): string => {
  if (bytes === null) return 'none'
  const original = bytesDocument(bytes)
  const [text, form] =
    'text' in original ? [printable(original.text), ''] : [original.base64, ', not text, as base64']
  const cut = text.length > shownLengthMax ? ', cut here; --json has all of it' : ''
  return `${original.bytes} bytes${form}${cut}: ${text.slice(0, shownLengthMax)}`
}

const grantLines = (value: Buffer | null): [string, string][] =>
  Object.entries(grantIn(value) ?? {}).map(([name, fact]) => [`  ${name}`, String(fact)])

/** All of a letter for people, and what to do about it. */
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
      `${letter.redrives}${redriveOf === undefined ? '' : `, last from ${positionText(redriveOf)}`}`,
    ],
    ['state', redriven === undefined ? 'open' : `redriven ${redriven.time} to ${positionText(redriven.to)}`],
    ['key', bytesText(letter.key)],
    ['value', bytesText(letter.value)],
    ...grantLines(letter.value),
    ['advice', adviceOf(letter.reason).en],
  ]
  return lines.map(([name, text]) => `${name.padEnd(14)} ${printable(text)}\n`).join('')
}
