import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { idBytes } from '../coupon/ledger/ids.ts'
import { createRecorder } from '../coupon/ledger/recorder.ts'
import { connectDatabase, type Database } from '../platform/mysql/database.ts'
import { batchOf, openRecording, recordsOf } from '../test/harness/values/batches.ts'
import { createOwnDatabase, type OwnDatabase } from '../test/harness/servers/databases.ts'
import { grantOf, grantsOf, positionOf, storedOf } from '../test/harness/values/grants.ts'
import { createProxy, type Proxy } from '../servers/network/proxy.ts'
import { until } from '../test/harness/values/until.ts'

let ledger: OwnDatabase
let proxy: Proxy
/** The worker's way to the ledger, which a test may cut. */
let worker: Database
beforeAll(async () => {
  ledger = await createOwnDatabase()
  const url = new URL(ledger.url)
  proxy = await createProxy({ host: url.hostname, port: Number(url.port) })
  url.hostname = '127.0.0.1'
  url.port = String(proxy.port)
  worker = connectDatabase({ url: url.href, connectionsMax: 1, queryTimeoutMs: 200 })
})
afterEach(() => {
  proxy.restore()
  proxy.release()
})
afterAll(async () => {
  await worker.close()
  await proxy.close()
  await ledger.close()
})

const open = () =>
  openRecording({
    recorder: createRecorder(worker),
    deadLetterWriter: { write: (letters) => Promise.reject(new Error(`${letters.length} letters`)) },
  })
let partitions = 0
const newSale = async (next = 0) => {
  partitions += 1
  await ledger.change('INSERT INTO ledger_positions (partition_id, next_offset) VALUES (?, ?)', [
    partitions,
    next,
  ])
  return { campaign: await ledger.createCampaign({ epoch: 1 }), partition: partitions }
}

test.each([
  ['is cut off', () => proxy.cut()],
  ['stands still', () => proxy.hold()],
  ['never says what it did', () => proxy.hold('answers')],
])(
  'while the database %s a batch waits with its membership alive, and is recorded once it is back',
  async (_, fail) => {
    const { campaign, partition } = await newSale()
    const grants = grantsOf(campaign, 50)
    const { batch, done } = batchOf(recordsOf(partition, grants))
    const { recording, told } = open()
    fail()
    const recorded = recording(batch)
    await until('it tried and lived on', () => done.heartbeats >= 2)
    expect(done.handled).toEqual([])
    proxy.restore()
    proxy.release()
    await recorded
    expect(done.handled).toEqual([50])
    expect(new Set(told)).toEqual(new Set(['failed', 'recorded 50']))
    expect([await storedOf(ledger, campaign), await positionOf(ledger, partition)]).toEqual([grants, 50])
  },
)

/** What this process holds on to. */
const heapMegabytes = (): number => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  return process.memoryUsage().heapUsed / 1_048_576
}

test('a database that is down for an hour costs no more memory than one that is down for a minute, and the membership lives all the time', async () => {
  const { campaign, partition } = await newSale()
  const grants = grantsOf(campaign, 1_000)
  const waits: number[] = []
  const heaps: number[] = []
  let passedMs = 0
  const recorder = createRecorder(worker)
  const { recording, told } = openRecording({
    recorder: {
      // One in ten asks the server itself, the others are spared the time.
      record: (stretch, keep) =>
        heaps.length < 2 && waits.length % 10 > 0
          ? Promise.reject(new Error('the database is away'))
          : recorder.record(stretch, keep),
    },
    deadLetterWriter: { write: (letters) => Promise.reject(new Error(`${letters.length} letters`)) },
    // By this clock an hour is over as soon as the tries of an hour are.
    async wait(milliseconds) {
      waits.push(milliseconds)
      passedMs += milliseconds
      if (passedMs > (heaps.length === 0 ? 60_000 : 3_600_000)) {
        heaps.push(heapMegabytes())
        if (heaps.length === 2) proxy.restore()
      }
    },
  })
  const { batch, done } = batchOf(recordsOf(partition, grants))
  proxy.cut()
  await recording(batch)
  expect(Math.max(...waits)).toBeLessThanOrEqual(2_500)
  expect(done).toEqual({ handled: [1_000], heartbeats: waits.length + 1, pauses: 0 })
  expect(told.at(-1)).toBe('recorded 1000')
  expect((heaps[1] ?? Number.NaN) - (heaps[0] ?? Number.NaN)).toBeLessThan(4)
  expect([await storedOf(ledger, campaign), await positionOf(ledger, partition)]).toEqual([grants, 1_000])
})

test('a batch that is no longer ours is let go, and nothing of it is called handled', async () => {
  const { campaign, partition } = await newSale()
  let isOurs = true
  const { batch, done } = batchOf(recordsOf(partition, grantsOf(campaign, 5)), { isCurrent: () => isOurs })
  proxy.cut()
  const recorded = open().recording(batch)
  await until('it tried', () => done.heartbeats > 0)
  isOurs = false
  await recorded
  expect(done).toMatchObject({ handled: [], pauses: 0 })
})

test('a membership that was lost while it waited goes up to the consumer', async () => {
  const { campaign, partition } = await newSale()
  const records = recordsOf(partition, grantsOf(campaign, 5))
  const { batch } = batchOf(records, { heartbeat: () => Promise.reject(new Error('rebalancing')) })
  proxy.cut()
  await expect(open().recording(batch)).rejects.toThrow('rebalancing')
})

test('dead letters that cannot be kept hold the batch, not its neighbours in other partitions', async () => {
  const [stuck, free] = [await newSale(), await newSale()]
  let isOurs = true
  const { batch, done } = batchOf(recordsOf(stuck.partition, [null, grantOf(stuck.campaign)]), {
    isCurrent: () => isOurs,
  })
  const recorded = open().recording(batch)
  const other = batchOf(recordsOf(free.partition, grantsOf(free.campaign, 5)))
  await open().recording(other.batch)
  expect(other.done.handled).toEqual([5])
  await until('it tried', () => done.heartbeats > 0)
  isOurs = false
  await recorded
  expect([await storedOf(ledger, stuck.campaign), await positionOf(ledger, stuck.partition)]).toEqual([[], 0])
})

test('a batch that does not follow on the ledger is put down, and its partition is placed anew', async () => {
  const { campaign, partition } = await newSale(3)
  const { batch, done } = batchOf(recordsOf(partition, grantsOf(campaign, 5), 4))
  const { recording, told } = open()
  await recording(batch)
  expect([done, told]).toEqual([{ handled: [], heartbeats: 0, pauses: 1 }, ['misaligned']])
})

test('a grant that cannot be judged yet is put down with what follows; what lies before it is recorded', async () => {
  const [sale, other] = [await newSale(), await newSale()]
  const ended = await ledger.createCampaign({ epoch: 2 })
  await ledger.change('INSERT INTO campaign_cuts VALUES ?', [
    [
      [idBytes(ended.id), 1, sale.partition, 0],
      [idBytes(ended.id), 1, other.partition, 1],
    ],
  ])
  const grants = grantsOf(sale.campaign, 4)
  const values = [...grants.slice(0, 2), grantOf(ended), ...grants.slice(2)]
  const { batch, done } = batchOf(recordsOf(sale.partition, values))
  await open().recording(batch)
  expect(done).toEqual({ handled: [2], heartbeats: 1, pauses: 1 })
  expect(await storedOf(ledger, sale.campaign)).toEqual(grants.slice(0, 2))
})
