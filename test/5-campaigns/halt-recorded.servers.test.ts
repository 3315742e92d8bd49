import { randomUUIDv7 } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  type AskedChange,
  type CampaignChanged,
  type CampaignChangerOptions,
  createCampaignChanger,
} from '../../coupon/campaigns/change-campaign.ts'
import { gateKey } from '../../coupon/gate/keys.ts'
import { Failure } from '../../platform/failure.ts'
import { openKeeper } from '../harness/shop/open-keeper.ts'
import type { Sale } from '../harness/shop/sale.ts'
import { openShop, type Shop } from '../harness/shop/shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterEach(() => shop.clear())
afterAll(() => shop.close())

const origin = { by: 'kim', from: '::1', reason: 'a wrong price' }
const away = new Failure('unavailable', 'the database does not answer')

const change = (
  { id }: Sale,
  asked: Exclude<AskedChange['kind'], 'edit'>,
  parts: Partial<CampaignChangerOptions> & { ifVersion?: number } = {},
): Promise<CampaignChanged> =>
  createCampaignChanger({
    ...{ campaigns: shop.parts.campaigns, gate: shop.parts.gate, listing: shop.parts.listing },
    ...{
      log: shop.parts.log,
      gateNowMs: Date.now,
      newChangeId: randomUUIDv7,
      pauseDeadlineMs: 60_000,
      openingMarginMs: 0,
    },
    ...parts,
  }).change(id, asked === 'raise-stock' ? { kind: asked, stock: 9 } : { kind: asked }, {
    ...{ ifVersion: parts.ifVersion, origin },
  })
/** A pause while the ledger is away. */
const halt = (sale: Sale, ifVersion?: number): Promise<CampaignChanged> =>
  change(sale, 'pause', {
    campaigns: { change: () => Promise.reject(away) },
    ...(ifVersion === undefined ? {} : { ifVersion }),
  })
const isMarked = async ({ id }: Sale): Promise<boolean> => (await shop.parts.gate.halted(id)) !== undefined
const answerTo = async (sale: Sale): Promise<string> => (await sale.answer()).kind
const versionsOf = async ({ id }: Sale): Promise<string[]> =>
  (await shop.parts.campaigns.changes(id, 10)).map(({ version, action }) => `${version} ${action}`).reverse()
const keeperLooks = (): Promise<void> => openKeeper(shop).inspectGates()

describe('while the ledger does not answer', () => {
  test('a pause halts the gate, and the keeper makes a version of it when the ledger is back', async () => {
    const sale = await shop.sale({ stock: 3 })
    expect(await halt(sale, 1)).toMatchObject({
      ...{ kind: 'changed', recorded: false, applied: true },
      campaign: { version: 1, stock: 3 },
    })
    expect(await answerTo(sale)).toBe('paused')
    const mark = await shop.parts.gate.halted(sale.id)
    await keeperLooks()
    expect(await versionsOf(sale)).toEqual(['1 created', '2 paused'])
    const [paused] = await shop.parts.campaigns.changes(sale.id, 1)
    expect(paused).toMatchObject({ ...origin, atMs: mark?.atMs })
    expect(await shop.redis.control.command('HMGET', gateKey(sale.id), 'state', 'version')).toEqual([
      'paused',
      '2',
    ])
    expect(await isMarked(sale)).toBe(false)
    await keeperLooks()
    expect(await versionsOf(sale)).toHaveLength(2)
  })

  test.each(['resume', 'close', 'raise-stock'] as const)('%s halts nothing', async (asked) => {
    const sale = await shop.sale({ stock: 3 })
    const changing = change(sale, asked, { campaigns: { change: () => Promise.reject(away) } })
    await expect(changing).rejects.toMatchObject({ code: 'unavailable' })
    expect(await isMarked(sale)).toBe(false)
  })

  test('a pause waits for it no longer than its deadline', async () => {
    const sale = await shop.sale({ stock: 3 })
    const silent = { change: () => new Promise<never>(() => {}) }
    expect(await change(sale, 'pause', { campaigns: silent, pauseDeadlineMs: 20 })).toMatchObject({
      recorded: false,
    })
    expect(await answerTo(sale)).toBe('paused')
  })

  test('a pause of another version than the gate has changes nothing', async () => {
    const sale = await shop.sale({ stock: 3 })
    expect(await halt(sale, 2)).toMatchObject({ kind: 'version', campaign: { version: 1 } })
    expect(await answerTo(sale)).toBe('granted')
  })

  test('a pause that the gate did not get either is unavailable', async () => {
    const sale = await shop.sale({ stock: 3 })
    await shop.redis.control.command('DEL', gateKey(sale.id))
    await expect(halt(sale)).rejects.toMatchObject({ code: 'unavailable' })
  })
})

describe('a pause that the ledger committed, and whose answer was lost', () => {
  const lostAnswer: CampaignChangerOptions['campaigns'] = {
    async change(...args) {
      await shop.parts.campaigns.change(...args)
      throw away
    },
  }

  test('is one version', async () => {
    const sale = await shop.sale({ stock: 3 })
    expect(await change(sale, 'pause', { campaigns: lostAnswer })).toMatchObject({ recorded: false })
    expect(await answerTo(sale)).toBe('paused')
    await keeperLooks()
    expect(await versionsOf(sale)).toEqual(['1 created', '2 paused'])
    expect(await isMarked(sale)).toBe(false)
  })

  test('pauses nothing when it reaches the ledger after a resumption', async () => {
    const sale = await shop.sale({ stock: 3 })
    let late: (() => Promise<unknown>) | undefined
    const slow: CampaignChangerOptions['campaigns'] = {
      change(...args) {
        late = () => shop.parts.campaigns.change(...args)
        return Promise.reject(away)
      },
    }
    await change(sale, 'pause', { campaigns: slow })
    await change(sale, 'resume')
    expect(await late?.()).toMatchObject({ kind: 'unchanged' })
    expect(await versionsOf(sale)).toEqual(['1 created', '2 paused', '3 resumed'])
  })
})

describe("an operator's change that comes before the keeper", () => {
  test.each([
    ['resume', '3 resumed', 'granted'],
    ['raise-stock', '3 stock-raised', 'paused'],
    ['close', '3 closed', 'closed'],
  ] as const)('records the halt first: %s', async (asked, version, answer) => {
    const sale = await shop.sale({ stock: 3 })
    await halt(sale)
    expect(await change(sale, asked)).toMatchObject({ recorded: true, applied: true })
    expect(await versionsOf(sale)).toEqual(['1 created', '2 paused', version])
    expect(await isMarked(sale)).toBe(false)
    expect(await answerTo(sale)).toBe(answer)
  })

  test('is refused when it saw the version before the halt', async () => {
    const sale = await shop.sale({ stock: 3 })
    await halt(sale)
    expect(await change(sale, 'resume', { ifVersion: 1 })).toMatchObject({
      ...{ kind: 'version', campaign: { version: 2, state: 'paused' } },
    })
    expect(await answerTo(sale)).toBe('paused')
  })

  test('lifts no halt that is not recorded: settings from before it leave the gate halted', async () => {
    const sale = await shop.sale({ stock: 3 })
    // The process that records this resumption dies before it applies it, and never saw the mark.
    const resumed = { ...sale.campaign, version: 2 }
    await halt(sale)
    await shop.parts.gate.apply(resumed)
    expect(await answerTo(sale)).toBe('paused')
  })

  test('is not applied while the mark cannot be removed, and the halt is not recorded again', async () => {
    const sale = await shop.sale({ stock: 3 })
    await halt(sale)
    const stuck = { ...shop.parts.gate, lift: async () => false }
    expect(await change(sale, 'resume', { gate: stuck })).toMatchObject({ recorded: true, applied: false })
    expect(await answerTo(sale)).toBe('paused')
    await keeperLooks()
    expect(await versionsOf(sale)).toEqual(['1 created', '2 paused', '3 resumed'])
    expect(await answerTo(sale)).toBe('granted')
  })
})

describe('a Redis that lost memory', () => {
  test('keeps a halt as long as it has the gate: an arming in between honours it', async () => {
    const sale = await shop.sale({ stock: 3 })
    await halt(sale)
    await shop.redis.control.command('HSET', gateKey(sale.id), 'fence', '0'.repeat(40))
    await shop.arming.arm([sale.id], 5)
    expect(await sale.epoch()).toBe(2)
    expect(await answerTo(sale)).toBe('paused')
    await keeperLooks()
    expect(await versionsOf(sale)).toEqual(['1 created', '2 paused'])
  })

  test('loses a halt with the gate, unless the ledger had recorded it', async () => {
    const [lost, recorded] = [await shop.sale({ stock: 3 }), await shop.sale({ stock: 3 })]
    await halt(recorded)
    await keeperLooks()
    await halt(lost)
    await shop.redis.control.command('FLUSHALL')
    await shop.arming.arm([lost.id, recorded.id], 5)
    expect([await answerTo(lost), await answerTo(recorded)]).toEqual(['granted', 'paused'])
  })
})
