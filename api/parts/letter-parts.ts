import { createDeadLetterReader } from '../../coupon/dead-letters/dead-letter-reader.ts'
import { createFindLetter } from '../../coupon/dead-letters/find-letter.ts'
import { createLetterRedriver } from '../../coupon/dead-letters/letter-redriver.ts'
import { createReadOutlook } from '../../coupon/dead-letters/outlook.ts'
import { createRecentLetters } from '../../coupon/dead-letters/recent-letters.ts'
import { deadLettersTopic } from '../../coupon/log/topics.ts'
import type { ProcessParts } from '../../coupon/process/process-parts.ts'
import { createProducer } from '../../platform/kafka/producer.ts'
import type { TopicReader } from '../../platform/kafka/topic-reader.ts'
import type { Logger } from '../../platform/log/logger.ts'
import { createOneAtATime } from '../../platform/one-at-a-time.ts'
import { redrivenMax } from '../contract/dead-letter-shapes.ts'
import type { DeadLetterParts } from '../routes/dead-letters.ts'

/** Holds up the presses of this process for 11 ms; a fetch of 1 MB, with 2,000 letters, for 110 ms. */
const fetchBytes = 65_536

type LetterPartsOptions = {
  parts: Pick<ProcessParts, 'topics' | 'reader' | 'database' | 'kafka'>
  log: Pick<Logger, 'warn'>
  monotonicMs(): number
}

/** Everything that reads and redrives dead letters. One does so at a time, beside the presses. */
export const createLetterParts = ({ parts, log, monotonicMs }: LetterPartsOptions): DeadLetterParts => {
  const { topics } = parts
  const reader: Pick<TopicReader, 'read'> = {
    read: (topic, partition, from, end) => parts.reader.read(topic, partition, from, end, fetchBytes),
  }
  const lane = createOneAtATime(20)
  const timeoutMs = 5_000
  const letters = createDeadLetterReader({ topics, reader, topic: deadLettersTopic })
  const recent = createRecentLetters({
    ...{ topics, reader, topic: deadLettersTopic, lane, timeoutMs, monotonicMs, now: Date.now },
    limits: { recordsMax: 10_000, bytesMax: 67_108_864, timeMs: 4_000 },
    rememberMs: 5_000,
  })
  return {
    recent,
    find: createFindLetter({ recent, letters, lane, timeoutMs }),
    redriver: createLetterRedriver({
      ...{ recent, letters, monotonicMs, now: Date.now },
      readOutlook: createReadOutlook(parts.database, log),
      openProducer: () => createProducer(parts.kafka),
      ...{ lettersMax: redrivenMax, timeMs: 20_000 },
    }),
  }
}
