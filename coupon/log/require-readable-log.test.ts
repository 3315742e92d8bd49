import { expect, test } from 'vitest'
import { Failure } from '../../platform/failure.ts'
import type { KafkaCluster } from '../../platform/kafka/client.ts'
import type { TopicDescription } from '../../platform/kafka/describe-kafka.ts'
import { requireReadableLog } from './require-readable-log.ts'
import { grantsTopic } from './topics.ts'

// Its answers are given below.
const kafka = {} as KafkaCluster
const requireWith = (settings: TopicDescription['settings']): Promise<void> =>
  requireReadableLog(kafka, async () => ({
    brokers: [],
    topics: [{ topic: grantsTopic, partitions: [], settings }],
  }))
const codec = (name: string) => ({ value: new Map([['compression.type', name]]) })

test.each(['producer', 'uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'])(
  'a log with %s is read',
  async (name) => {
    await expect(requireWith(codec(name))).resolves.toBeUndefined()
  },
)

test('a log in a codec that this version cannot read is refused, by name', async () => {
  await expect(requireWith(codec('brotli'))).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining('compression.type=brotli, which this version cannot read'),
  })
})

test('nothing is refused while the codec cannot be known', async () => {
  await expect(requireWith({ refused: 'not allowed' })).resolves.toBeUndefined()
  const down = () => Promise.reject(new Failure('unavailable', 'Kafka: no answer'))
  await expect(requireReadableLog(kafka, down)).resolves.toBeUndefined()
})
