import { isDeepStrictEqual } from 'node:util'
import { Failure } from '../../platform/failure.ts'
import type { PartitionOffsets, TopicAdmin } from '../../platform/kafka/topic-admin.ts'
import type { TopicReader } from '../../platform/kafka/topic-reader.ts'
import type { OneAtATime } from '../../platform/one-at-a-time.ts'
import { withTimeout } from '../../platform/with-timeout.ts'
import type { LogPosition } from '../log/dead-letter.ts'
import { type NewestLetters, type ReadingLimits, readNewestLetters } from './newest-letters.ts'

/** The newest letters, as of a moment. */
export type LettersAt = NewestLetters & { atMs: number }

/** Whether a position was read. */
export const isCovered = (
  { covered }: Pick<NewestLetters, 'covered'>,
  { partition, offset }: LogPosition,
): boolean => covered.some((one) => one.partition === partition && offset >= one.first && offset < one.end)

/** What the topic of dead letters had a few seconds ago at most: one reading for all who ask. */
export type RecentLetters = {
  /** Rejects `unavailable` when Kafka does not answer within `timeoutMs`. */
  read(): Promise<LettersAt>
  /** The same, as of now. */
  readNow(): Promise<LettersAt>
  /**
   * Reads them, and runs `work` on them while nothing else reads or redrives in this process. Rejects
   * `unavailable` when they cannot be read within `timeoutMs`: then `work` never runs.
   */
  during<Result>(work: (letters: LettersAt) => Promise<Result>): Promise<Result>
}

export type RecentLettersOptions = {
  topics: Pick<TopicAdmin, 'offsets'>
  reader: Pick<TopicReader, 'read'>
  topic: string
  /** Shared by all that reads the topic. */
  lane: OneAtATime
  limits: ReadingLimits
  rememberMs: number
  timeoutMs: number
  now(): number
  monotonicMs(): number
}

/** A reading that is older than `rememberMs` holds on while the topic has the same offsets. */
export const createRecentLetters = (options: RecentLettersOptions): RecentLetters => {
  const { topics, topic, monotonicMs } = options
  let known: { partitions: PartitionOffsets[]; letters: LettersAt; readAtMs: number } | undefined
  let running: Promise<LettersAt> | undefined

  const readOnce = async (): Promise<LettersAt> => {
    const readAtMs = monotonicMs()
    const atMs = options.now()
    const partitions = await topics.offsets(topic)
    const newest: NewestLetters =
      known !== undefined && isDeepStrictEqual(known.partitions, partitions)
        ? known.letters
        : await readNewestLetters(
            { topic, partitions, read: options.reader.read },
            options.limits,
            monotonicMs,
          )
    const letters = { ...newest, atMs }
    known = { partitions, letters, readAtMs }
    return letters
  }
  const readNow = (): Promise<LettersAt> => {
    running ??= options.lane(readOnce).finally(() => {
      running = undefined
    })
    return withTimeout(running, options.timeoutMs, 'Kafka: no answer')
  }

  return {
    readNow,
    async during(work) {
      const begun = Promise.withResolvers<void>()
      let isLeft = false
      const whole = options.lane(async () => {
        const letters = await readOnce()
        if (isLeft) throw new Failure('unavailable', 'nobody waits any more')
        begun.resolve()
        return work(letters).finally(() => {
          // It may have written: the next reading compares the offsets.
          if (known !== undefined) known.readAtMs = Number.NEGATIVE_INFINITY
        })
      })
      whole.catch(() => undefined)
      try {
        const either = Promise.race([begun.promise, whole])
        await withTimeout(either, options.timeoutMs, 'Kafka: no answer')
      } catch (cause) {
        isLeft = true
        throw cause
      }
      return whole
    },
    async read() {
      if (known !== undefined && monotonicMs() - known.readAtMs <= options.rememberMs) return known.letters
      return readNow()
    },
  }
}
