import { afterEach, describe, expect, test } from 'vitest'
import { gateKey } from '../../coupon/gate/keys.ts'
import { createArming } from '../../coupon/recovery/arming.ts'
import { createProxy } from '../../servers/network/proxy.ts'
import { follow, infoOf, type OwnRedis, promote, startOwnRedis } from '../harness/servers/own-redis.ts'
import { expectWhole } from '../harness/shop/expect-whole.ts'
import { pausedBefore } from '../harness/shop/paused-before.ts'
import { openShop, type Shop } from '../harness/shop/shop.ts'
import { until } from '../harness/values/until.ts'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})
/** A shop on a first Redis, and a second one. */
const open = async (): Promise<{ shop: Shop; first: OwnRedis; second: OwnRedis }> => {
  const [shop, second] = await Promise.all([openShop(), startOwnRedis()])
  ends.push(shop.close, second.close)
  return { shop, first: shop.redis, second }
}
const stateOf = ({ control }: OwnRedis, id: string): Promise<unknown> =>
  control.command('HGET', gateKey(id), 'state')

describe('Redis fails over', () => {
  test('a lagging replica is promoted: the gate is armed there, and what it missed is not sold twice', async () => {
    const { shop, first, second } = await open()
    const proxy = await createProxy({ host: '127.0.0.1', port: first.port })
    ends.push(proxy.close)
    const sale = await shop.sale({ stock: 12 })
    await follow(second, { ...first, port: proxy.port })
    shop.keep()
    const told = await sale.win(3)
    await until('the replica has them', async () => {
      const granted = Number(await second.control.command('HGET', gateKey(sale.id), 'granted'))
      return granted >= 3
    })
    proxy.hold()
    told.push(...(await sale.win(4)))
    await promote(second)
    expect(Number(await second.control.command('HGET', gateKey(sale.id), 'granted'))).toBe(3)
    shop.serveFrom(second)
    await expectWhole(shop, sale, told)
    expect(shop.recorder.letters).toEqual([])
  })

  test('a server is demoted, resynchronised and promoted again: the gate is armed again', async () => {
    const { shop, first, second } = await open()
    const sale = await shop.sale({ stock: 12 })
    await follow(second, first)
    shop.keep()
    const told = await sale.win(3)
    await until('the replica has them', async () => {
      const granted = Number(await second.control.command('HGET', gateKey(sale.id), 'granted'))
      return granted >= 3
    })
    await shop.rest()
    await promote(second)
    told.push(...(await sale.win(4)))
    const runId = await infoOf(first, 'run_id')
    await follow(first, second)
    await promote(first)
    expect(await infoOf(first, 'run_id')).toBe(runId)
    expect(Number(await first.control.command('HGET', gateKey(sale.id), 'granted'))).toBe(3)
    shop.keep()
    await expectWhole(shop, sale, told)
    expect(shop.recorder.letters).toEqual([])
  })

  test('a replica that attaches does no harm: at most one arming', async () => {
    const { shop, first, second } = await open()
    const sale = await shop.sale({ stock: 12 })
    shop.keep()
    const told = await sale.win(5)
    const before = await sale.epoch()
    await follow(second, first)
    await expectWhole(shop, sale, told)
    expect((await sale.epoch()) - before).toBeLessThanOrEqual(1)
    expect(shop.recorder.letters).toEqual([])
  })

  test.each(['survivors', 'flip'] as const)(
    'a gate stopped on a server that loses its role before its %s is never flipped, there or on the next',
    async (step) => {
      const { shop, first, second } = await open()
      const sale = await shop.sale({ stock: 12 })
      const told = await sale.win(3)
      await until('they are rows', async () => {
        const [row] = await shop.ledger.rows('SELECT COUNT(*) AS count FROM coupons')
        return Number(row?.['count']) === 3
      })
      await first.control.command('HDEL', gateKey(sale.id), 'document')
      await follow(second, first)
      const paused = pausedBefore(shop.parts.armingGate, step)
      const late = createArming({ ...shop.parts, armingGate: paused.part }).arm([sale.id], 0)
      await paused.reached(late)
      await until('the replica was stopped too', async () => (await stateOf(second, sale.id)) === 'rearming')
      await promote(second)
      shop.serveFrom(second)
      paused.resume()
      expect((await late).get(sale.id)).toMatchObject({ kind: 'lost' })
      for (const server of [first, second]) expect(await stateOf(server, sale.id)).toBe('rearming')
      shop.keep()
      await expectWhole(shop, sale, told)
      expect(await stateOf(first, sale.id)).toBe('rearming')
    },
  )
})
