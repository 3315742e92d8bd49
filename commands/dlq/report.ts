import { positionText, type StoredLetter } from '../../coupon/log/dead-letter.ts'
import { Failure } from '../../platform/failure.ts'
import type { RedriveOutcome } from './redrive.ts'
import { letterDocument, printable } from './show.ts'

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** How many letters of each reason. */
const createTally = () => {
  const counts = new Map<string, number>()
  return {
    add(letters: readonly StoredLetter[]): void {
      for (const { reason } of letters) counts.set(reason, (counts.get(reason) ?? 0) + 1)
    },
    /** `3 open: 2 late, 1 invalid` */
    text(what: string): string {
      const all = [...counts.values()].reduce((sum, count) => sum + count, 0)
      const parts = [...counts].map(([reason, count]) => `${whole.format(count)} ${printable(reason)}`)
      return `${whole.format(all)} ${what}${all === 0 ? '' : `: ${parts.join(', ')}`}`
    },
  }
}

const columns = (id: string, time: string, reason: string, origin: string, redrives: string, why: string) =>
  `${id.padEnd(9)} ${time.padEnd(24)} ${reason.padEnd(16)} ${origin.padEnd(12)} ${redrives.padStart(8)}  ${why}\n`

const row = ({ position: place, time, reason, origin, redrives, message }: StoredLetter): string =>
  columns(
    positionText(place),
    printable(time),
    printable(reason),
    positionText(origin),
    String(redrives),
    printable(message),
  )

/** Open letters for people: a line each up to `limit`, and how many there are of every class. */
export async function* listText(
  batches: AsyncIterable<readonly StoredLetter[]>,
  limit: number,
): AsyncGenerator<string> {
  const tally = createTally()
  let left = limit
  let passedOver = 0
  for await (const letters of batches) {
    if (left === limit && letters.length > 0)
      yield columns('letter', 'since', 'reason', 'origin', 'redrives', 'why')
    const listed = letters.slice(0, left)
    left -= listed.length
    passedOver += letters.length - listed.length
    tally.add(letters)
    yield listed.map(row).join('')
  }
  yield `${passedOver === 0 ? '' : `... and ${whole.format(passedOver)} more\n`}${tally.text('open')}\n`
}

/** Open letters for programs: a JSON document a line. Ends at `limit`. */
export async function* listJson(
  batches: AsyncIterable<readonly StoredLetter[]>,
  limit: number,
): AsyncGenerator<string> {
  let left = limit
  for await (const letters of batches) {
    yield letters
      .slice(0, left)
      .map((letter) => `${JSON.stringify(letterDocument(letter))}\n`)
      .join('')
    left -= letters.length
    if (left <= 0) return
  }
}

/** What a dry run says. */
export async function* dryRunText(batches: AsyncIterable<readonly StoredLetter[]>): AsyncGenerator<string> {
  const tally = createTally()
  for await (const letters of batches) {
    tally.add(letters)
    yield letters
      .map((letter) => `${positionText(letter.position)} would go to partition ${letter.origin.partition}\n`)
      .join('')
  }
  yield `${tally.text('would be redriven')}\n`
}

/** What a redrive did, while it does it. Throws `unavailable` at its end when some were not acknowledged. */
export async function* redriveText(outcomes: AsyncIterable<RedriveOutcome>): AsyncGenerator<string> {
  const [done, unknown] = [createTally(), createTally()]
  let fault: string | undefined
  for await (const outcome of outcomes)
    if (outcome.kind === 'unknown') {
      unknown.add(outcome.letters)
      fault = outcome.fault
    } else {
      done.add(outcome.redriven.map(({ letter }) => letter))
      yield outcome.redriven
        .map(
          ({ letter, note }) =>
            `${positionText(letter.position)} ${printable(letter.reason)} lies at ${positionText(note.to)}\n`,
        )
        .join('')
    }
  yield `${done.text('redriven')}\n`
  if (fault !== undefined)
    throw new Failure('unavailable', `${unknown.text('not acknowledged, still open')}; ${fault}`)
}
