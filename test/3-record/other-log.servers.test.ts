import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createPositionRepository } from '../../coupon/ledger/positions.ts'
import { createLogEnds } from '../../coupon/log/log-ends.ts'
import { encodeGrant } from '../../coupon/log/log-record.ts'
import { createTopicReader } from '../../platform/kafka/topic-reader.ts'
import { createLogger } from '../../platform/log/logger.ts'
import { createPartitionProgress } from '../../worker/partition-progress.ts'
import { createOwnDatabase, type OwnDatabase } from '../harness/servers/own-database.ts'
import { createOwnTopic, type OwnTopic } from '../harness/servers/own-topic.ts'
import { startOwnRecorder } from '../harness/shop/own-recorder.ts'
import { grantsOf, positionOf } from '../harness/values/grants.ts'
import { until } from '../harness/values/until.ts'

// The same partition of two logs: the second stands for a topic that was deleted and created again.
let ledger: OwnDatabase
let recorded: OwnTopic
let anew: OwnTopic
beforeAll(async () => {
  ;[ledger, recorded, anew] = await Promise.all([
    createOwnDatabase(),
    createOwnTopic({ partitions: 1 }),
    createOwnTopic({ partitions: 1 }),
  ])
})
afterAll(async () => {
  await Promise.all([recorded.close(), anew.close()])
  await ledger.close()
})
const closing: (() => Promise<void>)[] = []
beforeEach(() => ledger.change('DELETE FROM ledger_positions'))
afterEach(() => Promise.all(closing.splice(0).map((close) => close())))

const append = async (topic: OwnTopic, count: number): Promise<void> => {
  const campaign = await ledger.createCampaign({ epoch: 1 })
  const records = grantsOf(campaign, count).map((grant) => ({ value: encodeGrant(grant) }))
  await topic.producer.append(topic.name, 0, records)
}
const record = async (): Promise<number> => {
  const recorder = await startOwnRecorder(recorded, ledger.database)
  const [offsets] = await recorded.offsets()
  const end = offsets?.end ?? 0
  await until('it is recorded', async () => (await positionOf(ledger, 0)) === end)
  await recorder.stop()
  return end
}
/** Where a worker that starts at this topic reads from. */
const startOf = async (topic: OwnTopic): Promise<number | undefined> => {
  const reader = createTopicReader(topic.kafka)
  closing.push(reader.close)
  let sought: number | undefined
  const progress = createPartitionProgress({
    positions: createPositionRepository(ledger.database),
    topics: topic,
    reader: { read: (_, ...range) => reader.read(topic.name, ...range) },
    log: createLogger('test', 'silent'),
    onMisaligned: () => undefined,
  })
  progress.assigned([0])
  await progress.align({
    assignedPartitions: () => [0],
    seek: (_, offset) => {
      sought = offset
    },
  })
  return sought
}

test('a log that has grown past the position, but is another one, is not read', async () => {
  await append(recorded, 20)
  const position = await record()
  await append(anew, position + 30)
  await expect(startOf(anew)).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining(`another record is at offset ${position - 1}`),
  })
})

test('the log that was recorded is read on, also when retention removed the last record', async () => {
  await append(recorded, 20)
  const position = await record()
  expect(await startOf(recorded)).toBe(position)
  await append(recorded, 5)
  const admin = recorded.kafka.admin()
  await admin.connect()
  await admin.fetchTopicOffsets(recorded.name)
  await admin.deleteTopicRecords({
    topic: recorded.name,
    partitions: [{ partition: 0, offset: String(position) }],
  })
  await admin.disconnect()
  expect(await startOf(recorded)).toBe(position)
})

test('an arming does not mark a log that the ledger has passed', async () => {
  const [offsets] = await recorded.offsets()
  const position = (offsets?.end ?? 0) + 100
  await ledger.change('INSERT INTO ledger_positions (partition_id, next_offset) VALUES (0, ?)', [position])
  const ends = createLogEnds({
    producer: recorded.producer,
    positions: createPositionRepository(ledger.database),
    partitions: recorded.partitions,
    refuseIfStopping: () => undefined,
  })
  await expect(ends.mark('arming')).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining(`the ledger is at ${position} of partition 0`),
  })
})
