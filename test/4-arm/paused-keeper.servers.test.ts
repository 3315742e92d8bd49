import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createArming } from '../../coupon/recovery/arming.ts'
import { expectWhole } from '../harness/shop/expect-whole.ts'
import { pausedArming, type Step, unleased } from '../harness/shop/paused-arming.ts'
import type { Sale } from '../harness/shop/sale.ts'
import { openShop, type Shop } from '../harness/shop/shop.ts'
import { until } from '../harness/values/until.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterEach(() => shop.clear())
afterAll(() => shop.close())

type Gap = { gap: string; step: Step }
const toStop: Gap[] = [
  { gap: 'lease and reading the row', step: 'readMany' },
  { gap: 'the row and looking at the gate', step: 'inspect' },
  { gap: 'looking at the gate and stop', step: 'stop' },
]
const toCut: Gap[] = [
  { gap: 'stop and relay', step: 'survivors' },
  { gap: 'relay and the ends', step: 'mark' },
  { gap: 'the ends and the wait', step: 'waitForLedger' },
  { gap: 'the wait and cut', step: 'cut' },
]
const toEnd: Gap[] = [
  { gap: 'cut and rebuild', step: 'rebuild' },
  { gap: 'rebuild and newest settings', step: 'read' },
  { gap: 'newest settings and flip', step: 'flip' },
  { gap: 'flip and clearing up', step: 'forget' },
  { gap: 'clearing up and the list', step: 'put' },
]
const atRearming: Gap[] = [...toStop, ...toCut, { gap: 'the snapshot and its chunk', step: 'fill' }, ...toEnd]
const atCreation: Gap[] = [...toStop, { gap: 'stop and cut', step: 'cut' }, ...toEnd]
const combined = (gaps: readonly Gap[]) =>
  gaps.flatMap((gap) => [
    { ...gap, meanwhile: '', loses: false },
    { ...gap, meanwhile: ' and Redis is lost again', loses: true },
  ])

const armBeside = ({ id }: Pick<Sale, 'id'>) => createArming(unleased(shop.parts)).arm([id], 0)
const flush = () => shop.redis.control.command('FLUSHALL')

describe('a paused keeper does no harm when it resumes', () => {
  test.each(combined(atRearming))(
    'a keeper paused between $gap while another finishes and sells$meanwhile',
    async ({ step, loses }) => {
      const sale = await shop.sale({ stock: 9 })
      const told = await sale.win(2)
      await flush()
      const { arming, reached, resume } = pausedArming(shop.parts, step)
      const late = arming.arm([sale.id], 0).catch((cause: unknown) => cause)
      await reached(late)
      await until('another armed it', async () => {
        await armBeside(sale)
        return (await sale.press(told[0]?.userId)).kind === 'already'
      })
      told.push(...(await sale.win(3)))
      if (loses) await flush()
      resume()
      await late
      if (!loses) expect((await sale.press(told[0]?.userId)).kind).toBe('already')
      shop.keep()
      await expectWhole(shop, sale, told)
      expect(shop.recorder.letters).toEqual([])
    },
  )

  test.each(combined(atCreation))(
    'a creation paused between $gap while a keeper finishes and sells$meanwhile',
    async ({ step, loses }) => {
      const { id } = await shop.ledger.createCampaign({ stock: 9, perUserLimit: 1 })
      const { arming, reached, resume } = pausedArming(shop.parts, step)
      const late = arming.arm([id], 0).catch((cause: unknown) => cause)
      await reached(late)
      await armBeside({ id })
      const sale = await shop.saleOf(id)
      const told = await sale.win(3)
      if (loses) await flush()
      resume()
      await late
      if (!loses) expect((await sale.press(told[0]?.userId)).kind).toBe('already')
      shop.keep()
      await expectWhole(shop, sale, told)
      expect(shop.recorder.letters).toEqual([])
    },
  )
})
