import type { RedrivenLetter, RedriveOutcome } from '../../coupon/dead-letters/redrive.ts'
import { positionText, type StoredLetter } from '../../coupon/log/dead-letter.ts'
import { Failure } from '../../platform/failure.ts'
import { letterDocument, printable, redrivenDocument } from './show.ts'

type Batches = AsyncIterable<readonly StoredLetter[]>

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** Counts letters by reason. */
const createReasonCounts = () => {
  const counts = new Map<string, number>()
  return {
    add(letters: readonly StoredLetter[]): void {
      for (const { reason } of letters) counts.set(reason, (counts.get(reason) ?? 0) + 1)
    },
    /** `3 open: 2 late, 1 invalid` */
    text(what: string): string {
      const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
      const parts = [...counts].map(([reason, count]) => `${whole.format(count)} ${printable(reason)}`)
      return `${whole.format(total)} ${what}${total === 0 ? '' : `: ${parts.join(', ')}`}`
    },
  }
}

const columns = (id: string, time: string, reason: string, origin: string, redrives: string, why: string) =>
  [
    id.padEnd(9),
    time.padEnd(24),
    reason.padEnd(16),
    origin.padEnd(12),
    redrives.padStart(8),
    ` ${why}\n`,
  ].join(' ')

const letterLine = ({ position, time, reason, origin, redrives, message }: StoredLetter): string =>
  columns(
    positionText(position),
    printable(time),
    printable(reason),
    positionText(origin),
    String(redrives),
    printable(message),
  )

/** Open letters for people: a line for each up to `limit`, and the count of every reason. */
export async function* listText(batches: Batches, limit: number): AsyncGenerator<string> {
  const counts = createReasonCounts()
  let left = limit
  let omitted = 0
  for await (const letters of batches) {
    if (left === limit && letters.length > 0)
      yield columns('letter', 'since', 'reason', 'origin', 'redrives', 'why')
    const listed = letters.slice(0, left)
    left -= listed.length
    omitted += letters.length - listed.length
    counts.add(letters)
    yield listed.map(letterLine).join('')
  }
  yield `${omitted === 0 ? '' : `... and ${whole.format(omitted)} more\n`}${counts.text('open')}\n`
}

/** Open letters for programs, up to `limit`. */
export async function* listDocuments(batches: Batches, limit: number): AsyncGenerator<unknown[]> {
  let left = limit
  for await (const letters of batches) {
    yield letters.slice(0, left).map(letterDocument)
    left -= letters.length
    if (left <= 0) return
  }
}

export async function* dryRunText(batches: Batches): AsyncGenerator<string> {
  const counts = createReasonCounts()
  for await (const letters of batches) {
    counts.add(letters)
    yield letters
      .map(({ position, origin }) => `${positionText(position)} would go to partition ${origin.partition}\n`)
      .join('')
  }
  yield `${counts.text('would be redriven')}\n`
}

export async function* dryRunDocuments(batches: Batches): AsyncGenerator<unknown[]> {
  for await (const letters of batches)
    yield letters.map(({ position, reason, origin }) => ({
      id: positionText(position),
      reason,
      toPartition: origin.partition,
    }))
}

const createRedriveCounts = () => {
  const redriven = createReasonCounts()
  const unknown = createReasonCounts()
  let failure: string | undefined
  return {
    /** Counts one outcome and returns the letters that were redriven. */
    add(outcome: RedriveOutcome): RedrivenLetter[] {
      if (outcome.kind === 'redriven') {
        redriven.add(outcome.redriven.map(({ letter }) => letter))
        return outcome.redriven
      }
      unknown.add(outcome.letters)
      failure = outcome.failure
      return []
    },
    text: (): string => `${redriven.text('redriven')}\n`,
    /** Throws `unavailable` when Kafka did not acknowledge some. */
    throwIfUnknown(): void {
      if (failure !== undefined)
        throw new Failure('unavailable', `${unknown.text('not acknowledged, still open')}; ${failure}`)
    },
  }
}

/**
 * Each letter when it is redriven, then the count of every reason. Throws `unavailable` when some were not
 * acknowledged.
 */
export async function* redriveText(outcomes: AsyncIterable<RedriveOutcome>): AsyncGenerator<string> {
  const counts = createRedriveCounts()
  for await (const outcome of outcomes)
    yield counts
      .add(outcome)
      .map(({ letter: { position, reason }, note }) => {
        return `${positionText(position)} ${printable(reason)} redriven to ${positionText(note.to)}\n`
      })
      .join('')
  yield counts.text()
  counts.throwIfUnknown()
}

export async function* redriveDocuments(outcomes: AsyncIterable<RedriveOutcome>): AsyncGenerator<unknown[]> {
  const counts = createRedriveCounts()
  for await (const outcome of outcomes)
    yield counts.add(outcome).map(({ letter, note }) => ({
      id: positionText(letter.position),
      reason: letter.reason,
      redriven: redrivenDocument(note),
    }))
  counts.throwIfUnknown()
}
