import { expect, test } from 'vitest'
import { createDeadLetterReader } from '../../coupon/dead-letters/dead-letter-reader.ts'
import { createPositionRepository } from '../../coupon/ledger/positions.ts'
import { createGrantLogReader } from '../../coupon/log/grant-log-reader.ts'
import { encodeGrant } from '../../coupon/log/log-record.ts'
import { createTopicAdmin } from '../../platform/kafka/topic-admin.ts'
import { createTopicReader } from '../../platform/kafka/topic-reader.ts'
import { createDeadLetterWriter } from '../../worker/dead-letter-writer.ts'
import { createOwnDatabase } from '../harness/servers/own-database.ts'
import { createOwnTopic } from '../harness/servers/own-topic.ts'
import { startOwnRecorder } from '../harness/shop/own-recorder.ts'
import { grantsOf, storedOf } from '../harness/values/grants.ts'
import { until } from '../harness/values/until.ts'

test.each(['gzip', 'snappy', 'lz4', 'zstd'])(
  'a log that the broker compresses with %s is recorded, and the audit and the dead letters read it',
  async (codec) => {
    const settings = { 'compression.type': codec }
    const [topic, letters, ledger] = await Promise.all([
      createOwnTopic({ partitions: 1, settings }),
      createOwnTopic({ partitions: 1, settings }),
      createOwnDatabase(),
    ])
    await createPositionRepository(ledger.database).read([0])
    const recorder = await startOwnRecorder(topic, ledger.database)
    const campaign = await ledger.createCampaign({ epoch: 1, stock: 3_000 })
    const grants = grantsOf(campaign, 3_000)
    for (let from = 0; from < grants.length; from += 1_000) {
      const some = grants.slice(from, from + 1_000).map((grant) => ({ value: encodeGrant(grant) }))
      await topic.producer.append('', 0, some)
    }
    await topic.producer.append('', 0, [{ value: 'no grant' }])
    await until('all are recorded', async () => recorder.progress.positions().get(0) === 3_001)
    expect(await storedOf(ledger, campaign)).toEqual(grants)

    const [topics, reader] = [createTopicAdmin(topic.kafka), createTopicReader(topic.kafka)]
    const log = createGrantLogReader({ topics, reader, topic: topic.name })
    const found = []
    for await (const records of log.grants(campaign.id, { partition: 0, from: 0, end: 3_001 }))
      found.push(...records.map(({ grant }) => grant))
    expect(found).toEqual(grants)

    await createDeadLetterWriter(letters.producer, { now: Date.now }).write(recorder.letters)
    const open = []
    for await (const some of createDeadLetterReader({ topics, reader, topic: letters.name }).readOpen())
      open.push(...some)
    expect(open).toMatchObject([{ reason: 'undecodable', position: { partition: 0, offset: 0 } }])

    await Promise.all([reader.close(), topics.close(), recorder.stop()])
    await Promise.all([topic.close(), letters.close()])
    await ledger.close()
  },
)
