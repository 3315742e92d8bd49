import type { Producer } from '../../platform/kafka/producer.ts'
import {
  type LogPosition,
  positionText,
  type RedriveNote,
  type RedriveOrigin,
  type StoredLetter,
} from '../log/dead-letter.ts'
import type { DeadLetterReader } from './dead-letter-reader.ts'
import { groupOf } from './letter-groups.ts'
import { headOf, type LetterHead } from './newest-letters.ts'
import type { Outlook, ReadOutlook } from './outlook.ts'
import { isCovered, type LettersAt, type RecentLetters } from './recent-letters.ts'
import { redrive } from './redrive.ts'

/** One letter, or the open ones of a group, or all. */
export type LettersToRedrive = { position: LogPosition } | { group: string | undefined }

/** A letter, without its bytes, and what would become of it. */
export type PlannedRedrive = { letter: LetterHead; outlook: Outlook }

/** `left` are open letters of the group that one request does not reach: ask again. */
export type RedrivePlan = { kind: 'planned'; planned: PlannedRedrive[]; left: number }

export type RedriveResult = {
  kind: 'redriven'
  redriven: { letter: LetterHead; note: RedriveNote }[]
  /** Kafka did not acknowledge them: they may be in the log again, and are open. */
  unknown: LetterHead[]
  left: number
}

export type NotRedriven = { kind: 'unknown-letter' } | { kind: 'redriven-before'; note: RedriveNote }

/** Redrives letters among the newest ones. Rejects `unavailable` when they cannot be read. */
export type LetterRedriver = {
  /** Writes nothing. */
  plan(which: LettersToRedrive): Promise<RedrivePlan | NotRedriven>
  redrive(which: LettersToRedrive, origin: RedriveOrigin): Promise<RedriveResult | NotRedriven>
}

export type LetterRedriverOptions = {
  recent: RecentLetters
  letters: Pick<DeadLetterReader, 'readAt'>
  readOutlook: ReadOutlook
  /** Opened for one redrive, and closed after it: redrives are rare. */
  openProducer(): Producer
  /** The letters of one request. */
  lettersMax: number
  /** After this time no further letters are begun. */
  timeMs: number
  now(): number
  monotonicMs(): number
}

/** The letters that are meant, the oldest first, and how many more there are. */
const select = (
  { open, ...known }: LettersAt,
  which: LettersToRedrive,
  lettersMax: number,
): { positions: LogPosition[]; left: number } | NotRedriven => {
  if ('position' in which) {
    if (!isCovered(known, which.position)) return { kind: 'unknown-letter' }
    const note = known.notes.get(positionText(which.position))
    if (note !== undefined) return { kind: 'redriven-before', note }
    return { positions: [which.position], left: 0 }
  }
  const { group } = which
  const meant = open.filter(({ reason }) => group === undefined || groupOf(reason) === group).toReversed()
  const positions = meant.slice(0, lettersMax).map(({ position }) => position)
  return { positions, left: meant.length - positions.length }
}

export const createLetterRedriver = (options: LetterRedriverOptions): LetterRedriver => {
  const { recent, letters, lettersMax, now, monotonicMs } = options

  /** Reads letters until the time is over. */
  async function* readAt(positions: readonly LogPosition[]): AsyncGenerator<StoredLetter[]> {
    const untilMs = monotonicMs() + options.timeMs
    for await (const batch of letters.readAt(positions)) {
      if (monotonicMs() > untilMs) return
      yield batch
    }
  }
  /** A position that was asked for by itself may be that of a note, or of a foreign record. */
  const isNoLetter = (which: LettersToRedrive, found: number): boolean => 'position' in which && found === 0

  return {
    plan: (which) =>
      recent.during(async (known) => {
        const selected = select(known, which, lettersMax)
        if ('kind' in selected) return selected
        const planned: PlannedRedrive[] = []
        for await (const batch of readAt(selected.positions)) {
          const outlooks = await options.readOutlook(batch)
          batch.forEach((letter, index) =>
            planned.push({ letter: headOf(letter), outlook: outlooks[index] ?? { kind: 'unknown' } }),
          )
        }
        if (isNoLetter(which, planned.length)) return { kind: 'unknown-letter' }
        const left = selected.left + selected.positions.length - planned.length
        return { kind: 'planned', planned, left }
      }),
    redrive: (which, origin) =>
      recent.during(async (known) => {
        const selected = select(known, which, lettersMax)
        if ('kind' in selected) return selected
        const result: RedriveResult = { kind: 'redriven', redriven: [], unknown: [], left: 0 }
        const producer = options.openProducer()
        try {
          for await (const outcome of redrive(readAt(selected.positions), { producer, now, origin }))
            if (outcome.kind === 'unknown') result.unknown.push(...outcome.letters.map(headOf))
            else
              result.redriven.push(
                ...outcome.redriven.map(({ letter, note }) => ({ letter: headOf(letter), note })),
              )
        } finally {
          await producer.close().catch(() => undefined)
        }
        const reached = result.redriven.length + result.unknown.length
        if (isNoLetter(which, reached)) return { kind: 'unknown-letter' }
        return { ...result, left: selected.left + selected.positions.length - reached }
      }),
  }
}
