import { copyFile, readdir, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { Persistence } from '../harness/servers/own-redis.ts'
import { expectWhole } from '../harness/shop/expect-whole.ts'
import { openShop, type Shop } from '../harness/shop/shop.ts'

let shop: Shop | undefined
afterEach(() => shop?.close())

/** Drops the second half of what Redis noted. */
const cutAof = async (folder: string): Promise<void> => {
  const aofFolder = join(folder, 'appendonlydir')
  const name = (await readdir(aofFolder)).find((file) => file.endsWith('.incr.aof')) ?? ''
  const { size } = await stat(join(aofFolder, name))
  await truncate(join(aofFolder, name), Math.floor(size / 2))
}

type Loss = [string, Persistence, (own: Shop['redis']) => Promise<unknown>]
const losses: Loss[] = [
  ['was restarted with nothing', 'nothing', (own) => own.restart()],
  ['was killed and came back with nothing', 'nothing', (own) => own.restart('kill')],
  ['came back from an AOF that was cut short', 'aof', (own) => own.restart('kill', cutAof)],
  [
    'came back from an old RDB',
    'rdb',
    (own) =>
      own.restart('stop', async (folder) => copyFile(join(folder, 'old.rdb'), join(folder, 'dump.rdb'))),
  ],
  ['was flushed', 'nothing', (own) => own.control.command('FLUSHALL')],
  ['was restarted with everything', 'aof', (own) => own.restart()],
]

describe('Redis loses its memory', () => {
  test.each(losses)(
    'after Redis %s the gate is armed: winners keep their coupons, every unit is sold once',
    async (_, persistence, lose) => {
      shop = await openShop({ persistence })
      const [sale, other] = [await shop.sale({ stock: 12 }), await shop.sale({ stock: 3 })]
      shop.keep()
      const told = await sale.win(3)
      if (persistence === 'rdb') {
        await shop.redis.control.command('SAVE')
        const [, folder = ''] = (await shop.redis.control.command('CONFIG', 'GET', 'dir')) as string[]
        await copyFile(join(folder, 'dump.rdb'), join(folder, 'old.rdb'))
      }
      told.push(...(await sale.win(4)))
      const others = await other.win(1)
      await lose(shop.redis)
      const [rows] = await Promise.all([expectWhole(shop, sale, told), expectWhole(shop, other, others)])
      expect(new Set(rows.map(({ epoch }) => epoch))).toEqual(new Set([1, 2]))
      expect(shop.recorder.letters).toEqual([])
    },
  )
})
