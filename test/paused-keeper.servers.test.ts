import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Armory, type ArmoryOptions, createArmory } from '../coupon/arm.ts'
import { createRebuildReader } from '../coupon/ledger/rebuild.ts'
import { createRebuilder } from '../coupon/rebuild.ts'
import { type Paused, pausedBefore } from './pauses.ts'
import type { Sale } from './sales.ts'
import { openShop, type Shop } from './shops.ts'
import { until } from './until.ts'
import { expectWhole } from './whole.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterEach(() => shop.clear())
afterAll(() => shop.close())

type Slow = Omit<Paused<object>, 'part'> & { armory: Armory }
type Gap = { gap: string; slow(parts: ArmoryOptions): Slow }

const slowAt =
  <Name extends 'gate' | 'campaigns' | 'logEnds' | 'rebuilder'>(
    name: Name,
    method: keyof ArmoryOptions[Name],
  ): Gap['slow'] =>
  (parts) => {
    const paused = pausedBefore<ArmoryOptions[Name]>(parts[name], method)
    return { ...paused, armory: createArmory({ ...parts, [name]: paused.part }) }
  }
/** The rebuild has the gate from its own maker. */
const slowToFill: Gap['slow'] = (parts) => {
  const paused = pausedBefore(parts.gate, 'fill')
  const rebuilder = createRebuilder(paused.part, createRebuildReader(shop.ledger.database))
  return { ...paused, armory: createArmory({ ...parts, rebuilder }) }
}

const atCreation: Gap[] = [
  { gap: 'lease and reading the row', slow: slowAt('campaigns', 'readMany') },
  { gap: 'reading the row and looking at the gate', slow: slowAt('gate', 'inspect') },
  { gap: 'looking at the gate and stop', slow: slowAt('gate', 'stop') },
  { gap: 'stop and cut', slow: slowAt('campaigns', 'cut') },
  { gap: 'cut and rebuild', slow: slowAt('rebuilder', 'rebuild') },
  { gap: 'rebuild and the newest settings', slow: slowAt('campaigns', 'read') },
  { gap: 'the newest settings and flip', slow: slowAt('gate', 'flip') },
  { gap: 'flip and clearing up', slow: slowAt('gate', 'forget') },
  { gap: 'clearing up and the list', slow: slowAt('gate', 'register') },
]
const atRearming: Gap[] = [
  ...atCreation.slice(0, 3),
  { gap: 'stop and relay', slow: slowAt('gate', 'survivors') },
  { gap: 'relay and the ends', slow: slowAt('logEnds', 'mark') },
  { gap: 'the ends and their wait', slow: slowAt('logEnds', 'reached') },
  { gap: 'the wait and cut', slow: slowAt('campaigns', 'cut') },
  { gap: 'cut and rebuild', slow: slowAt('rebuilder', 'rebuild') },
  { gap: 'the snapshot and its first chunk', slow: slowToFill },
  ...atCreation.slice(5),
]
const meanwhile = [
  { meanwhile: '', loses: false },
  { meanwhile: ' and Redis is lost again', loses: true },
]
const combined = (gaps: readonly Gap[]) =>
  gaps.flatMap((gap) => meanwhile.map((what) => ({ ...gap, ...what })))

/** The lease of the paused one went with its connection. */
const armBeside = async ({ id }: Pick<Sale, 'id'>): Promise<unknown> => {
  const { database } = shop.parts
  const unleased = { ...database, leased: shop.parts.database.leased }
  unleased.leased = (names, _, work) => work(new Set(names))
  return (await createArmory({ ...shop.parts, database: unleased }).arm([id], 0)).get(id)
}
const flush = () => shop.redis.control.command('FLUSHALL')

test.each(combined(atRearming))(
  'a keeper that is paused between $gap, while another finishes and sells$meanwhile, does no harm when it goes on',
  async ({ slow, loses }) => {
    const sale = await shop.sale({ stock: 9 })
    const told = await sale.win(2)
    await flush()
    const { armory, reached, resume } = slow(shop.parts)
    const late = armory.arm([sale.id], 0).catch((cause: unknown) => cause)
    await reached(late)
    await until('another armed it', async () => {
      await armBeside(sale)
      return (await sale.press(told[0]?.userId)).kind === 'already'
    })
    told.push(...(await sale.win(3)))
    if (loses) await flush()
    resume()
    await late
    shop.keep()
    await expectWhole(shop, sale, told)
    expect(shop.recorder.letters).toEqual([])
  },
)

test.each(combined(atCreation))(
  'a creation that is paused between $gap, while a keeper finishes and sells$meanwhile, does no harm when it goes on',
  async ({ slow, loses }) => {
    const { id } = await shop.ledger.createCampaign({ stock: 9, perUserLimit: 1 })
    const { armory, reached, resume } = slow(shop.parts)
    const late = armory.arm([id], 0).catch((cause: unknown) => cause)
    await reached(late)
    const sale = await until('another armed it', async () => {
      await armBeside({ id })
      return shop.saleOf(id)
    })
    const told = await sale.win(3)
    if (loses) await flush()
    resume()
    await late
    shop.keep()
    await expectWhole(shop, sale, told)
    expect(shop.recorder.letters).toEqual([])
  },
)
