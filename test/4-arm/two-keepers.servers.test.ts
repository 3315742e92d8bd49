import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Grant } from '../../coupon/grant.ts'
import { expectWhole } from '../harness/shop/expect-whole.ts'
import { pausedArming, type Step, unleased } from '../harness/shop/paused-arming.ts'
import { openShop, type Shop } from '../harness/shop/shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterEach(() => shop.clear())
afterAll(() => shop.close())

const firstAt: Step[] = ['stop', 'cut', 'fill', 'flip']
const secondAt: Step[] = ['survivors', 'cut', 'flip']
const pairs = firstAt.flatMap((first) => secondAt.map((second) => ({ first, second })))

describe('two keepers at once', () => {
  test.each(pairs)(
    'paused before $first and before $second: every yes is kept, whichever opens the gate',
    async ({ first, second }) => {
      const sale = await shop.sale({ stock: 9 })
      const told: Grant[] = await sale.win(2)
      await shop.redis.control.command('FLUSHALL')
      const one = pausedArming(shop.parts, first)
      const armed = one.arming.arm([sale.id], 0).catch((cause: unknown) => cause)
      await one.reached(armed)
      const other = pausedArming(unleased(shop.parts), second)
      const late = other.arming.arm([sale.id], 0).catch((cause: unknown) => cause)
      await other.reached(late)
      one.resume()
      await armed
      // Open or not: the other has stopped this gate, or the first one stopped it after the other did.
      const pressed = await Promise.allSettled([sale.press(), sale.press()])
      for (const answer of pressed)
        if (answer.status === 'fulfilled' && answer.value.kind === 'granted') told.push(answer.value.grant)
      other.resume()
      await late
      shop.keep()
      await expectWhole(shop, sale, told)
      expect(shop.recorder.letters).toEqual([])
    },
  )
})
