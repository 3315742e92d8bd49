import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { idBytes } from '../coupon/ledger/ids.ts'
import { createRecorder } from '../coupon/ledger/recorder.ts'
import { connectDatabase, type Database } from '../platform/mysql/database.ts'
import { createProxy, type Proxy } from '../servers/network/proxy.ts'
import { createOwnDatabase, type OwnDatabase } from '../test/harness/servers/own-database.ts'
import { batchOf, openBatchHandler, recordsOf } from '../test/harness/values/batches.ts'
import { grantsOf, newGrant, positionOf, storedOf } from '../test/harness/values/grants.ts'
import { until } from '../test/harness/values/until.ts'

let ledger: OwnDatabase
let proxy: Proxy
/** The worker's connection to the ledger, which a test can cut. */
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
  openBatchHandler({
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
  ['is unreachable', () => proxy.cut()],
  ['stalls', () => proxy.hold()],
  ['never answers', () => proxy.hold('answers')],
])('while the database %s a batch waits, and is recorded once it works again', async (_, fail) => {
  const { campaign, partition } = await newSale()
  const grants = grantsOf(campaign, 50)
  const { batch, done } = batchOf(recordsOf(partition, grants))
  const { handleBatch, events } = open()
  fail()
  const recorded = handleBatch(batch)
  await until('it has tried', () => events.length >= 2)
  expect(done.committed).toEqual([])
  proxy.restore()
  proxy.release()
  await recorded
  expect(done.committed).toEqual([50])
  expect(new Set(events)).toEqual(new Set(['failed', 'recorded 50']))
  expect([await storedOf(ledger, campaign), await positionOf(ledger, partition)]).toEqual([grants, 50])
})

/** The live heap of this process. */
const heapMegabytes = (): number => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  return process.memoryUsage().heapUsed / 1_048_576
}

test('an outage of an hour takes no more memory than one of a minute', async () => {
  const { campaign, partition } = await newSale()
  const grants = grantsOf(campaign, 1_000)
  const waits: number[] = []
  const heaps: number[] = []
  let passedMs = 0
  const recorder = createRecorder(worker)
  const { handleBatch, events } = openBatchHandler({
    recorder: {
      // Only one attempt in ten really reaches the server, to save time.
      record: (slice, keep) =>
        heaps.length < 2 && waits.length % 10 > 0
          ? Promise.reject(new Error('the database is unavailable'))
          : recorder.record(slice, keep),
    },
    deadLetterWriter: { write: (letters) => Promise.reject(new Error(`${letters.length} letters`)) },
    // On this clock an hour has passed after the attempts of an hour.
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
  await handleBatch(batch)
  expect(Math.max(...waits)).toBeLessThanOrEqual(2_500)
  expect(done).toEqual({ committed: [1_000], pauses: 0 })
  expect(events.at(-1)).toBe('recorded 1000')
  expect((heaps[1] ?? Number.NaN) - (heaps[0] ?? Number.NaN)).toBeLessThan(4)
  expect([await storedOf(ledger, campaign), await positionOf(ledger, partition)]).toEqual([grants, 1_000])
})

test('a batch that is no longer ours is dropped, and its offset is not committed', async () => {
  const { campaign, partition } = await newSale()
  let isOurs = true
  const { batch, done } = batchOf(recordsOf(partition, grantsOf(campaign, 5)), { isCurrent: () => isOurs })
  proxy.cut()
  const { handleBatch, events } = open()
  const recorded = handleBatch(batch)
  await until('it has tried', () => events.length > 0)
  isOurs = false
  await recorded
  expect(done).toMatchObject({ committed: [], pauses: 0 })
})

test('dead letters that cannot be written block their own partition only', async () => {
  const [stuck, free] = [await newSale(), await newSale()]
  let isOurs = true
  const { batch } = batchOf(recordsOf(stuck.partition, [null, newGrant(stuck.campaign)]), {
    isCurrent: () => isOurs,
  })
  const { handleBatch, events } = open()
  const recorded = handleBatch(batch)
  const other = batchOf(recordsOf(free.partition, grantsOf(free.campaign, 5)))
  await open().handleBatch(other.batch)
  expect(other.done.committed).toEqual([5])
  await until('it has tried', () => events.length > 0)
  isOurs = false
  await recorded
  expect([await storedOf(ledger, stuck.campaign), await positionOf(ledger, stuck.partition)]).toEqual([[], 0])
})

test('a batch that does not follow the position of the ledger is dropped, and realigned', async () => {
  const { campaign, partition } = await newSale(3)
  const { batch, done } = batchOf(recordsOf(partition, grantsOf(campaign, 5), 4))
  const { handleBatch, events } = open()
  await handleBatch(batch)
  expect([done, events]).toEqual([{ committed: [], pauses: 1 }, ['misaligned']])
})

test('the records before a grant that cannot be judged yet are recorded, the others later', async () => {
  const [sale, other] = [await newSale(), await newSale()]
  const ended = await ledger.createCampaign({ epoch: 2 })
  await ledger.change('INSERT INTO campaign_cuts VALUES ?', [
    [
      [idBytes(ended.id), 1, sale.partition, 0],
      [idBytes(ended.id), 1, other.partition, 1],
    ],
  ])
  const grants = grantsOf(sale.campaign, 4)
  const values = [...grants.slice(0, 2), newGrant(ended), ...grants.slice(2)]
  const { batch, done } = batchOf(recordsOf(sale.partition, values))
  await open().handleBatch(batch)
  expect(done).toEqual({ committed: [2], pauses: 1 })
  expect(await storedOf(ledger, sale.campaign)).toEqual(grants.slice(0, 2))
})
