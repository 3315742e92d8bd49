import { isUtf8 } from 'node:buffer'
import { adviceOf } from '../../coupon/dead-letters/advice.ts'
import { grantIn, strictIsoOf } from '../../coupon/dead-letters/letter-facts.ts'
import { groupLetters, groupOf, letterTime } from '../../coupon/dead-letters/letter-groups.ts'
import type { PlannedRedrive, RedrivePlan, RedriveResult } from '../../coupon/dead-letters/letter-redriver.ts'
import type { LetterHead } from '../../coupon/dead-letters/newest-letters.ts'
import type { Outlook } from '../../coupon/dead-letters/outlook.ts'
import type { LettersAt } from '../../coupon/dead-letters/recent-letters.ts'
import type { Grant } from '../../coupon/grant.ts'
import { positionText, type RedriveNote, type StoredLetter } from '../../coupon/log/dead-letter.ts'
import type { Language } from '../../web/texts/language.ts'
import { formatTime } from './answers.ts'
import { shownBytesMax } from './dead-letter-shapes.ts'

/** Text of another program: it may be of any length. */
const shownTextMax = 1_000

/** Headers of a foreign record may hold any number. */
const wholeOrNull = (value: number): number | null =>
  Number.isSafeInteger(value) && value >= 0 ? value : null

const shown = (text: string): string => text.slice(0, shownTextMax)

const toHeadJson = ({ position, reason, message, time, origin, redrives, redriveOf }: LetterHead) => ({
  id: positionText(position),
  reason: groupOf(reason),
  givenReason: shown(reason),
  message: shown(message),
  time: letterTime({ time }),
  origin: {
    partition: wholeOrNull(origin.partition),
    offset: wholeOrNull(origin.offset),
    appendedAt: strictIsoOf(origin.timestampMs),
  },
  redrives: Math.min(redrives, Number.MAX_SAFE_INTEGER),
  redriveOf: redriveOf === undefined ? null : positionText(redriveOf),
})

/** `DeadLetterList` of docs/api.md. */
export const toLetterListJson = (
  { open, atMs, isWhole }: LettersAt,
  { reason, limit }: { reason: string | undefined; limit: number },
  language: Language,
) => ({
  readAt: formatTime(atMs),
  complete: isWhole,
  open: open.length,
  groups: groupLetters(open).map((group) => ({ ...group, advice: adviceOf(group.reason)[language] })),
  items: open
    .filter((letter) => reason === undefined || groupOf(letter.reason) === reason)
    .slice(0, limit)
    .map(toHeadJson),
})

/** The first bytes of a text, without a part of a character at their end. */
const textOf = (bytes: Buffer): string => {
  let end = Math.min(bytes.length, shownBytesMax)
  while (end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return bytes.toString('utf8', 0, end)
}

/** Bytes that anybody may have written. */
export const toBytesJson = (bytes: Buffer | null) => {
  if (bytes === null) return null
  const isText = isUtf8(bytes)
  return {
    bytes: bytes.length,
    form: isText ? 'text' : 'hex',
    content: isText ? textOf(bytes) : bytes.toString('hex', 0, shownBytesMax),
    cut: bytes.length > shownBytesMax,
  }
}

const toNoteJson = ({ to, time, origin }: RedriveNote) => ({
  to: positionText(to),
  redrivenAt: letterTime({ time }),
  by: origin === undefined ? null : shown(origin.by),
  why: origin === undefined ? null : shown(origin.why),
})

const toGrantJson = ({ grantedAtMs, ...facts }: Grant) => ({
  ...facts,
  grantedAt: strictIsoOf(grantedAtMs),
})

/** `DeadLetter` of docs/api.md. */
export const toLetterJson = (letter: StoredLetter, note: RedriveNote | undefined, language: Language) => {
  const grant = grantIn(letter.value)
  return {
    ...toHeadJson(letter),
    state: note === undefined ? 'open' : 'redriven',
    redriven: note === undefined ? null : toNoteJson(note),
    key: toBytesJson(letter.key),
    value: toBytesJson(letter.value),
    grant: grant && toGrantJson(grant),
    advice: adviceOf(letter.reason)[language],
  }
}

const toOutlookJson = (outlook: Outlook) => ({
  kind: outlook.kind,
  reason: outlook.kind === 'dead-letter' ? outlook.reason : null,
  message: outlook.kind === 'dead-letter' ? shown(outlook.message) : null,
})

const toRowJson = ({ position, reason, origin }: LetterHead) => ({
  id: positionText(position),
  reason: groupOf(reason),
  toPartition: wholeOrNull(origin.partition),
})

const toPlannedJson = ({ letter, outlook }: PlannedRedrive) => ({
  ...toRowJson(letter),
  ...{ outcome: 'planned', to: null, outlook: toOutlookJson(outlook) },
})

/** `RedriveResult` of docs/api.md. */
export const toRedriveJson = (result: RedrivePlan | RedriveResult) =>
  result.kind === 'planned'
    ? { dryRun: true, letters: result.planned.map(toPlannedJson), left: result.left }
    : {
        dryRun: false,
        letters: [
          ...result.redriven.map(({ letter, note }) => ({
            ...toRowJson(letter),
            ...{ outcome: 'redriven', to: positionText(note.to), outlook: null },
          })),
          ...result.unknown.map((letter) => ({
            ...toRowJson(letter),
            ...{ outcome: 'not-acknowledged', to: null, outlook: null },
          })),
        ],
        left: result.left,
      }
