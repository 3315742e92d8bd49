import { inject } from 'vitest'
import { deadLettersTopic, grantsTopic } from '../../../coupon/log/topics.ts'
import { createKafka } from '../../../platform/kafka/client.ts'
import { createProducer } from '../../../platform/kafka/producer.ts'
import { createLogger } from '../../../platform/log/logger.ts'

/** Writes into the log, and into the topic of dead letters, past API and worker. */
export type ForeignWriter = {
  /** Appends a record to the log, which the worker reads. */
  toLog(value: string | Buffer, key?: string): Promise<void>
  /** Appends a letter of a reason that no version knows; returns its id. Its record is in partition 1. */
  toLetters(value: string | Buffer, reason: string): Promise<string>
  close(): Promise<void>
}

export const openForeignWriter = (): ForeignWriter => {
  const producer = createProducer(
    createKafka({
      brokers: (inject('environment')['KAFKA_BROKERS'] ?? '').split(','),
      clientId: 'firstcome-test',
      log: createLogger('test', 'silent'),
      requestTimeoutMs: 10_000,
    }),
  )
  return {
    async toLog(value, key) {
      await producer.append(grantsTopic, 1, [{ value, key: key === undefined ? null : Buffer.from(key) }])
    },
    async toLetters(value, reason) {
      const headers = {
        ...{ 'origin-topic': grantsTopic, 'origin-partition': '1', 'origin-offset': '0' },
        ...{ 'origin-timestamp-ms': '1700000000000', time: new Date().toISOString() },
        ...{ reason, message: 'a letter of a test' },
      }
      return `0:${await producer.append(deadLettersTopic, 0, [{ value, headers }])}`
    },
    close: producer.close,
  }
}
