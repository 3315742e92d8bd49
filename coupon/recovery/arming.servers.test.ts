import { randomUUID, randomUUIDv7 } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Producer } from '../../platform/kafka/producer.ts'
import { createOwnDatabase, type OwnDatabase } from '../../test/harness/servers/own-database.ts'
import { follow, type OwnRedis, promote, startOwnRedis } from '../../test/harness/servers/own-redis.ts'
import { armingParts, openArming } from '../../test/harness/shop/open-arming.ts'
import { pausedArming, unleased } from '../../test/harness/shop/paused-arming.ts'
import { grantRequests, openRedis, pairsOf } from '../../test/harness/values/armed-gate.ts'
import { until } from '../../test/harness/values/until.ts'
import type { Campaign } from '../campaign.ts'
import { createGate } from '../gate/gate.ts'
import { campaignsChannel, campaignsKey, gateKey, retiredKey } from '../gate/keys.ts'
import { stopScript } from '../gate/scripts.ts'
import { idBytes } from '../ledger/ids.ts'
import type { Arming } from './arming.ts'
import type { ArmOutcome } from './arming-steps.ts'

let own: OwnRedis
let ledger: OwnDatabase
let arming: Arming
beforeAll(async () => {
  ;[own, ledger] = await Promise.all([startOwnRedis(), createOwnDatabase()])
  await ledger.change(
    'INSERT INTO ledger_positions (partition_id, next_offset) VALUES (0, 17), (1, 0), (2, 5)',
  )
})
beforeEach(async () => {
  await own.control.command('FLUSHALL')
  arming = openArming({ redis: own.redis, database: ledger.database, producer: noLog })
})
const others: OwnRedis[] = []
afterEach(() => Promise.all(others.splice(0).map((server) => server.close())))
afterAll(() => Promise.all([own.close(), ledger.close()]))

const gateOf = async ({ id }: Pick<Campaign, 'id'>) =>
  pairsOf(await own.control.command('HGETALL', gateKey(id)))
const listed = async () =>
  Object.keys(pairsOf(await own.control.command('HGETALL', campaignsKey))).filter(
    (name) => name !== 'marker' && name !== 'revision',
  )
const epochOf = async ({ id }: Campaign) =>
  (await ledger.rows('SELECT epoch FROM campaigns WHERE campaign_id = ?', [idBytes(id)]))[0]?.['epoch']
const cutsOf = ({ id }: Campaign) =>
  ledger.rows(
    'SELECT epoch, partition_id, end_offset FROM campaign_cuts WHERE campaign_id = ? ORDER BY partition_id',
    [idBytes(id)],
  )
/** A first arming asks nothing of the log. */
const noLog: Producer = {
  append: () => Promise.reject(new Error('there is no log here')),
  close: async () => {},
}
const arm = async ({ id }: Pick<Campaign, 'id'>, leaseWaitSeconds = 0): Promise<ArmOutcome | undefined> =>
  (await arming.arm([id], leaseWaitSeconds)).get(id)
const armed = { kind: 'armed', epoch: 1, returned: 0 }

test('a new campaign gets an open gate of epoch 1 with its settings, a list entry and a hint', async () => {
  const campaign = await ledger.createCampaign({ stock: 3, perUserLimit: 2 })
  const hints: string[] = []
  const subscriber = await openRedis(own.url)
  await subscriber.subscribe(campaignsChannel, (id) => hints.push(id))
  expect(await arm(campaign)).toEqual(armed)
  expect(await gateOf(campaign)).toMatchObject({
    epoch: '1',
    state: 'open',
    stock: '3',
    perUserLimit: '2',
    version: '1',
    granted: '0',
    nextRank: '1',
  })
  const gate = createGate(own.redis, { outboxGrantsMax: 10 })
  expect(await gate.view(campaign.id)).toMatchObject({
    armed: true,
    document: { name: campaign.name, coupon: campaign.coupon },
  })
  expect(await gate.decide(campaign.id, 1, grantRequests(4))).toMatchObject({
    decisions: [{}, {}, {}, { kind: 'sold-out' }],
  })
  expect(await listed()).toContain(campaign.id)
  await until('the hint came', () => hints.includes(campaign.id))
  subscriber.close()
})

test('arming cuts epoch 0 at the positions of the ledger', async () => {
  const campaign = await ledger.createCampaign()
  await arm(campaign)
  expect(await epochOf(campaign)).toBe(1)
  expect(await cutsOf(campaign)).toEqual([
    { epoch: 0, partition_id: 0, end_offset: 17 },
    { epoch: 0, partition_id: 1, end_offset: 0 },
    { epoch: 0, partition_id: 2, end_offset: 5 },
  ])
})

test('of five armings at once one arms the campaign, and its gate is whole', async () => {
  const campaign = await ledger.createCampaign()
  const outcomes = await Promise.all(Array.from({ length: 5 }, () => arm(campaign)))
  expect(outcomes.filter((outcome) => outcome?.kind === 'armed')).toEqual([armed])
  for (const outcome of outcomes) expect(['armed', 'busy', 'in-order']).toContain(outcome?.kind)
  expect([await epochOf(campaign), await gateOf(campaign)]).toMatchObject([1, { epoch: '1', state: 'open' }])
})

test('an arming that waits for the lease of another finds the gate in order', async () => {
  const campaign = await ledger.createCampaign()
  const outcomes = await Promise.all(Array.from({ length: 5 }, () => arm(campaign, 10)))
  expect(outcomes.map((outcome) => String(outcome?.kind)).sort()).toEqual([
    'armed',
    ...Array(4).fill('in-order'),
  ])
  expect([await epochOf(campaign), await gateOf(campaign)]).toMatchObject([1, { epoch: '1', state: 'open' }])
})

test('a campaign whose gate is in order, and an unknown one, are left alone', async () => {
  const campaign = await ledger.createCampaign()
  await arm(campaign)
  const before = await gateOf(campaign)
  expect(await arm(campaign)).toEqual({ kind: 'in-order' })
  expect([await gateOf(campaign), await epochOf(campaign)]).toEqual([before, 1])
  const id = randomUUIDv7()
  expect(await arm({ id })).toEqual({ kind: 'unknown-campaign' })
  expect(await gateOf({ id })).toEqual({})
})

test('a keeper that was paused before the stop leaves a gate of a later epoch alone', async () => {
  const campaign = await ledger.createCampaign()
  const parts = armingParts({ redis: own.redis, database: ledger.database, producer: noLog })
  const paused = pausedArming(unleased(parts), 'stop')
  const late = paused.arming.arm([campaign.id], 0)
  await paused.reached(late)
  expect(await arm(campaign)).toEqual(armed)
  const before = await gateOf(campaign)
  paused.resume()
  expect((await late).get(campaign.id)).toMatchObject({
    kind: 'lost',
    what: expect.stringContaining('EPOCH 1'),
  })
  expect([await gateOf(campaign), await epochOf(campaign)]).toEqual([before, 1])
})

/** Arms while the ledger's row is locked: `between` runs after the stop and before the cut and the flip. */
const interrupted = async (campaign: Campaign, between: () => Promise<unknown>): Promise<unknown> =>
  ledger.database
    .transaction(async (connection) => {
      await connection.read('SELECT epoch FROM campaigns WHERE campaign_id = ? FOR UPDATE', [
        idBytes(campaign.id),
      ])
      const outcome = arm(campaign)
      await until('the gate was stopped', async () => (await gateOf(campaign))['state'] === 'rearming')
      await between()
      return { commit: true, result: () => outcome }
    })
    .then((outcomeOf) => outcomeOf())

test.each<[string, (campaign: Campaign) => Promise<unknown>]>([
  [
    'another arming stopped the gate',
    ({ id }) => own.control.run(stopScript, [gateKey(id)], [0, `0:${randomUUID()}`]),
  ],
  ['Redis was flushed', () => own.control.command('FLUSHALL')],
  ['Redis was restarted', () => own.restart()],
  [
    'the server was demoted and promoted',
    () => own.control.command('REPLICAOF', '127.0.0.1', 1).then(() => promote(own)),
  ],
])('nothing opens when %s between stop and flip', async (_, between) => {
  const campaign = await ledger.createCampaign()
  expect(await interrupted(campaign, () => between(campaign))).toMatchObject({ kind: 'lost' })
  expect((await gateOf(campaign))['state']).not.toBe('open')
  expect(
    await createGate(own.redis, { outboxGrantsMax: 9 }).decide(campaign.id, 1, grantRequests(1)),
  ).toMatchObject({ kind: 'recovering' })
})

test('a lost list is written whole: every live campaign that was armed, and every retired one', async () => {
  const nowMs = Date.now()
  const [created, live, longClosed, later, retired, unarmed] = [
    await ledger.createCampaign(),
    await ledger.createCampaign({ epoch: 4 }),
    await ledger.createCampaign({ epoch: 1, closesAtMs: nowMs - 1_000_000_000 }),
    await ledger.createCampaign({ epoch: 1, opensAtMs: nowMs + 3_600_000, closesAtMs: nowMs + 7_200_000 }),
    await ledger.createCampaign({ epoch: 1, closesAtMs: nowMs - 1 }),
    await ledger.createCampaign(),
  ]
  await ledger.change('UPDATE campaigns SET retired_at_ms = 1, granted = 0 WHERE campaign_id = ?', [
    idBytes(retired.id),
  ])
  await arm(created)
  const names = await listed()
  expect(names).toEqual(expect.arrayContaining([created.id, live.id, longClosed.id, later.id]))
  for (const { id } of [retired, unarmed]) expect(names).not.toContain(id)
  expect(await own.control.command('SMEMBERS', retiredKey)).toEqual([retired.id])
})

test('arming on a replicated Redis waits out how long a cut-off master could go on after the stop', async () => {
  const replica = await startOwnRedis()
  others.push(replica)
  await follow(replica, own)
  await own.control.command('CONFIG', 'SET', 'min-replicas-to-write', 1, 'min-replicas-max-lag', 2)
  // Until Redis has counted its replica, it refuses the stop.
  const tookMs = await until('it was armed', async () => {
    const campaign = await ledger.createCampaign()
    const startedAtMs = performance.now()
    await arm(campaign)
    return performance.now() - startedAtMs
  })
  // min-replicas-max-lag and a second more.
  expect(tookMs).toBeGreaterThanOrEqual(3_000)
  await own.control.command('CONFIG', 'SET', 'min-replicas-to-write', 0)
})
