import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import type { Campaign } from '../../coupon/campaign.ts'
import type { Grant } from '../../coupon/grant.ts'
import { idBytes } from '../../coupon/ledger/ids.ts'
import { createPositionRepository } from '../../coupon/ledger/positions.ts'
import { encodeGrant } from '../../coupon/log/log-record.ts'
import { grantsTopic, recorderGroup } from '../../coupon/log/topics.ts'
import { createTopics } from '../../migrations/migrate.ts'
import { createProducer, type Producer } from '../../platform/kafka/producer.ts'
import { type Running, startPart } from '../harness/processes/start-part.ts'
import { type Brokers, startBrokers } from '../harness/servers/brokers.ts'
import { joinDeployment } from '../harness/servers/join-deployment.ts'
import { createOwnDatabase, type OwnDatabase } from '../harness/servers/own-database.ts'
import { grantsOf, storedOf } from '../harness/values/grants.ts'
import { until } from '../harness/values/until.ts'

const partitions = [0, 1, 2]
const perAppend = 100
let brokers: Brokers
let ledger: OwnDatabase
let producer: Producer
let worker: Running
beforeAll(async () => {
  ;[brokers, ledger] = await Promise.all([startBrokers('coordinator-lost'), createOwnDatabase()])
  await createTopics(brokers.topics, { grantsPartitions: 3, replicationFactor: 3, minInsyncReplicas: 2 })
  await joinDeployment(brokers.kafka)
  await createPositionRepository(ledger.database).read(partitions)
  producer = createProducer(brokers.kafka)
}, 120_000)
afterEach(async () => {
  await worker.stop()
  await brokers.heal(grantsTopic)
}, 120_000)
afterAll(async () => {
  await producer.close()
  await brokers.stop()
  await ledger.close()
})

const startWorker = async (waitFor: 'live' | 'ready'): Promise<void> => {
  const environment = {
    REDIS_URL: inject('environment')['REDIS_URL'] ?? '',
    DATABASE_URL: ledger.url,
    KAFKA_BROKERS: brokers.addresses.join(','),
  }
  worker = await startPart('worker', environment, { folder: inject('folder'), waitFor })
}
/** A worker whose requests to a frozen broker have to time out first needs that long. */
const expectReady = (): Promise<boolean> => until('the worker is ready', isReady, 60_000)
const isReady = async (): Promise<boolean> => (await fetch(`${worker.url}/readyz`)).status === 200

/** A campaign for which no keeper looks for a gate, and all its grants. */
const openSale = async (stock: number): Promise<{ campaign: Campaign; grants: Grant[] }> => {
  const campaign = await ledger.createCampaign({ epoch: 1, stock })
  await ledger.change('UPDATE campaigns SET retired_at_ms = 1, granted = 0')
  return { campaign, grants: grantsOf(campaign, stock) }
}
/** Appends a burst in turn, each until it is acknowledged, as the keeper does. */
const append = async (grants: readonly Grant[]): Promise<void> => {
  const waiting = Array.from({ length: Math.ceil(grants.length / perAppend) }, (_, index) => index)
  const appendTo = async (partition: number): Promise<void> => {
    for (const index of waiting.filter((one) => one % partitions.length === partition)) {
      const values = grants
        .slice(index * perAppend, (index + 1) * perAppend)
        .map((grant) => ({ value: encodeGrant(grant) }))
      await until('an append', () => producer.append(grantsTopic, partition, values).then(() => true), 60_000)
    }
  }
  await Promise.all(partitions.map(appendTo))
}
const countOf = async ({ id }: Campaign): Promise<number> => {
  const sql = 'SELECT COUNT(*) AS count FROM coupons WHERE campaign_id = ?'
  return Number((await ledger.rows(sql, [idBytes(id)]))[0]?.['count'])
}
const drained = async (campaign: Campaign, grants: readonly Grant[]): Promise<void> => {
  await until(
    `${grants.length} rows`,
    async () => (await countOf(campaign)) >= grants.length,
    // Without a group apart from the fetching: 361 of 12,000 rows after 80 s.
    60_000,
  )
  expect(await storedOf(ledger, campaign)).toEqual(grants)
}
/** What lag tools see is what the ledger has. Requests to a frozen broker have to time out first. */
const offsetsFollow = (): Promise<boolean> =>
  until(
    'the group has the offsets of the ledger',
    async () => {
      const stored = await createPositionRepository(ledger.database).read(partitions)
      const offsets = await brokers.groupOffsets(recorderGroup, grantsTopic)
      return offsets.length === 3 && offsets.every((offset, partition) => offset === stored.get(partition))
    },
    60_000,
  )
const expectNoLeak = (): void => expect(worker.lastLines(10_000).join('\n')).not.toContain('MaxListeners')

describe('the broker that coordinates the group of the workers is lost', () => {
  test.each(['kill', 'freeze'] as const)(
    'amid a burst (%s): every grant is a row, and the group goes on at the next coordinator',
    async (lose) => {
      const coordinator = await brokers.moveGroups(2, 3)
      await startWorker('ready')
      const { campaign, grants } = await openSale(12_000)
      const appending = append(grants)
      await until('a part of the rows', async () => (await countOf(campaign)) > 1_000)
      await brokers[lose](coordinator)
      await appending
      await drained(campaign, grants)
      await expectReady()
      await offsetsFollow()
      expectNoLeak()
    },
    180_000,
  )

  test('and no other can: every grant is a row, the worker stays ready, and tools see it later', async () => {
    await brokers.moveGroups(2)
    await startWorker('ready')
    await brokers.kill(2)
    const { campaign, grants } = await openSale(3_000)
    await append(grants)
    await drained(campaign, grants)
    await expectReady()
    await brokers.heal(grantsTopic)
    await offsetsFollow()
  }, 180_000)

  test('before a worker starts: it is not ready, says why, and records once there is a coordinator', async () => {
    await brokers.moveGroups(2)
    await brokers.kill(2)
    await startWorker('live')
    const { campaign, grants } = await openSale(300)
    await append(grants)
    await until('it says what it waits for', async () =>
      (await (await fetch(`${worker.url}/readyz`)).text()).includes('joining the consumer group'),
    )
    expect([await isReady(), await countOf(campaign)]).toEqual([false, 0])
    await brokers.heal(grantsTopic)
    await drained(campaign, grants)
    await expectReady()
  }, 180_000)
})
