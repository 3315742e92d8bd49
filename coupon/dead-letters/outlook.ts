import { messageOf } from '../../platform/failure.ts'
import type { Logger } from '../../platform/log/logger.ts'
import type { Connection } from '../../platform/mysql/connection.ts'
import type { Grant } from '../grant.ts'
import { forecastRecording, type RecordingForecast } from '../ledger/forecast.ts'
import type { DeadLetterReason, StoredLetter } from '../log/dead-letter.ts'
import { decodeRecord } from '../log/log-record.ts'

/** What the recorder would do with the record of a letter if it were redriven now. */
export type Outlook =
  /** It would become a row. */
  | { kind: 'row' }
  /** The ledger has it: nothing would change. */
  | { kind: 'recorded' }
  /** It is a marker, which the recorder skips. */
  | { kind: 'skipped' }
  | { kind: 'dead-letter'; reason: DeadLetterReason; message: string }
  /** The ledger did not answer. */
  | { kind: 'unknown' }

/** The outlook of each letter, in their order. Never rejects. */
export type ReadOutlook = (letters: readonly StoredLetter[]) => Promise<Outlook[]>

const outlookOf = (forecast: RecordingForecast): Outlook =>
  forecast.kind === 'rejected' ? { ...forecast, kind: 'dead-letter' } : forecast

export const createReadOutlook = (database: Connection, log: Pick<Logger, 'warn'>): ReadOutlook => {
  const forecast = async (partition: number, grants: readonly Grant[]): Promise<Outlook[]> => {
    try {
      return (await forecastRecording(database, partition, grants)).map(outlookOf)
    } catch (cause) {
      log.warn({ cause: messageOf(cause) }, 'what redriven records would become was not read')
      return grants.map(() => ({ kind: 'unknown' }))
    }
  }

  return async (letters) => {
    const outlooks = new Map<StoredLetter, Outlook>()
    const grants: { letter: StoredLetter; grant: Grant }[] = []
    for (const letter of letters) {
      const record = decodeRecord(letter.value)
      if (record.kind === 'grant') grants.push({ letter, grant: record.grant })
      else if (record.kind === 'marker') outlooks.set(letter, { kind: 'skipped' })
      else outlooks.set(letter, { kind: 'dead-letter', reason: record.kind, message: record.message })
    }
    for (const [partition, together] of Map.groupBy(grants, ({ letter }) => letter.origin.partition)) {
      const found = await forecast(
        partition,
        together.map(({ grant }) => grant),
      )
      together.forEach(({ letter }, index) => outlooks.set(letter, found[index] ?? { kind: 'unknown' }))
    }
    return letters.map((letter) => outlooks.get(letter) ?? { kind: 'unknown' })
  }
}
