import { randomUUID, randomUUIDv7 } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Audited,
  type AuditedSale,
  notPassed,
  openAudited,
} from '../../test/harness/shop/audited-sale.ts'
import type { Grant } from '../grant.ts'
import { idBytes } from '../ledger/ids.ts'
import { createRedemptionRepository } from '../ledger/redemptions.ts'

let audited: Audited
beforeAll(async () => {
  audited = await openAudited()
})
afterAll(() => audited.close())

/** A sound sale of 40 coupons of 100; `at` is the grant of a rank. */
type Sold = { sale: AuditedSale; at(rank: number): Grant }

const soldSale = async (): Promise<Sold> => {
  const sale = await audited.sale({ stock: 100 })
  const grants = await sale.sell(40)
  expect(notPassed(await sale.result())).toEqual({})
  return {
    sale,
    at(rank) {
      const grant = grants[rank - 1]
      if (grant === undefined) throw new Error(`nothing has rank ${rank}`)
      return grant
    },
  }
}

const fieldOf = ({ slot, userId }: Grant): string => `${slot}:${userId}`
const packed = ({ couponId, rank, grantedAtMs }: Grant, number = rank): string =>
  `${couponId}|${rank}|${grantedAtMs}|${number}`
const stranger = (grant: Grant, changes: Partial<Grant> = {}): Grant => ({
  ...grant,
  couponId: randomUUIDv7(),
  userId: `stranger-${randomUUID()}`,
  ...changes,
})

const insertRow = (sale: AuditedSale, grant: Grant): Promise<number> =>
  sale.change(
    `INSERT INTO coupons (coupon_id, user_id, slot, \`rank\`, epoch, granted_at_ms, campaign_id)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    idBytes(grant.couponId),
    grant.userId,
    grant.slot,
    grant.rank,
    grant.epoch,
    grant.grantedAtMs,
  )
const changeRow = (sale: AuditedSale, set: string, ...values: unknown[]): Promise<number> =>
  sale.change(`UPDATE coupons SET ${set} WHERE coupon_id = ? AND campaign_id = ?`, ...values)
const setWinner = ({ gate }: AuditedSale, field: string, value: string): Promise<unknown> =>
  gate.redis.command('HSET', gate.keys.winners, field, value)

const changer = { by: 'somebody', as: 'orders', from: '::1' } as const
const redemptions = () => createRedemptionRepository(audited.database.database)
const redeem = async ({ couponId }: Grant): Promise<void> => {
  const request = { couponId, orderId: 'order', ownerId: undefined, changer }
  expect((await redemptions().redeem(request)).kind).toBe('redeemed')
}
const revoke = ({ couponId }: Grant) => redemptions().revoke(couponId, changer, 'why')

const corruptions: [string, string, (sold: Sold) => Promise<unknown>][] = [
  [
    'row-missing',
    'a row is deleted',
    ({ sale, at }) =>
      sale.change('DELETE FROM coupons WHERE coupon_id = ? AND campaign_id = ?', idBytes(at(7).couponId)),
  ],
  [
    'row-missing',
    'the position skipped a record',
    async ({ sale }) => {
      const [grant] = await sale.sell(1, 'confirmed')
      if (grant !== undefined)
        await audited.database.change(
          'UPDATE ledger_positions SET next_offset = next_offset + 1 WHERE partition_id = 2',
        )
    },
  ],
  [
    'extra-row',
    'a row that no gate granted',
    ({ sale, at }) => insertRow(sale, stranger(at(40), { rank: 99 })),
  ],
  [
    'record-missing',
    'a row and a winner whose record the log does not have',
    async ({ sale, at }) => {
      const grant = stranger(at(40), { rank: 41 })
      await insertRow(sale, grant)
      await setWinner(sale, fieldOf(grant), packed(grant))
      await sale.gate.set({ granted: 41, nextRank: 42 })
    },
  ],
  [
    'doubled',
    'the log has a second coupon of a user and slot',
    ({ sale, at }) => sale.append([{ ...at(7), couponId: randomUUIDv7(), rank: 41 }]),
  ],
  [
    'wrong-user',
    'a row is given to somebody else',
    ({ sale, at }) => changeRow(sale, "user_id = 'somebody-else'", idBytes(at(7).couponId)),
  ],
  [
    'wrong-user',
    'the gate has the coupon under another user',
    async ({ sale, at }) => {
      await sale.gate.redis.command('HDEL', sale.gate.keys.winners, fieldOf(at(7)))
      await setWinner(sale, `1:stranger-${randomUUID()}`, packed(at(7)))
    },
  ],
  [
    'wrong-user',
    'a row is of another slot',
    ({ sale, at }) => changeRow(sale, 'slot = 2', idBytes(at(7).couponId)),
  ],
  [
    'wrong-rank',
    'a row has another rank',
    ({ sale, at }) => changeRow(sale, '`rank` = 77', idBytes(at(7).couponId)),
  ],
  [
    'wrong-rank',
    'a row is of another epoch',
    ({ sale, at }) => changeRow(sale, 'epoch = 2', idBytes(at(7).couponId)),
  ],
  [
    'wrong-rank',
    'the gate has another rank',
    ({ sale, at }) => setWinner(sale, fieldOf(at(7)), packed({ ...at(7), rank: 77 }, 7)),
  ],
  [
    'wrong-coupon',
    'a row has another coupon id',
    ({ sale, at }) => changeRow(sale, 'coupon_id = ?', idBytes(randomUUIDv7()), idBytes(at(7).couponId)),
  ],
  [
    'rank-above-stock',
    'a row has a rank above the stock',
    ({ sale, at }) => changeRow(sale, '`rank` = 101', idBytes(at(7).couponId)),
  ],
  [
    'rank-above-stock',
    'the log has a rank above the stock',
    ({ sale, at }) => sale.append([stranger(at(7), { rank: 101 })]),
  ],
  [
    'rank-gap',
    'a rank was skipped, and all sources agree on it',
    async ({ sale, at }) => {
      const grant = stranger(at(40), { rank: 50 })
      await sale.append([grant])
      await sale.record()
      await setWinner(sale, fieldOf(grant), packed(grant, 41))
      await sale.gate.set({ granted: 41, nextRank: 42 })
    },
  ],
  [
    'only-in-gate',
    'a winner who is in no durable source',
    async ({ sale, at }) => {
      const grant = stranger(at(40), { rank: 41 })
      await setWinner(sale, fieldOf(grant), packed(grant))
      await sale.gate.set({ granted: 41, nextRank: 42 })
    },
  ],
  [
    'only-in-log',
    'a record that the gate did not grant',
    ({ sale, at }) => sale.append([stranger(at(7), { rank: 50 })]),
  ],
  [
    'history-off',
    'a redemption without history',
    ({ sale, at }) =>
      changeRow(
        sale,
        "redeemed_order_id = 'x', redeemed_at_ms = 1, redeemed_as = 'orders', changes = 1",
        idBytes(at(7).couponId),
      ),
  ],
  [
    'history-off',
    'a redemption for another order than that of the history',
    async ({ sale, at }) => {
      await redeem(at(7))
      await changeRow(sale, "redeemed_order_id = 'another'", idBytes(at(7).couponId))
    },
  ],
  [
    'history-off',
    'a revocation that was undone by hand',
    async ({ sale, at }) => {
      await revoke(at(7))
      await changeRow(sale, 'revoked_at_ms = NULL', idBytes(at(7).couponId))
    },
  ],
  [
    'history-off',
    'a change that is missing in the history',
    async ({ sale, at }) => {
      await redeem(at(7))
      await revoke(at(7))
      await sale.change(
        'DELETE FROM coupon_changes WHERE number = 1 AND coupon_id = ? AND campaign_id = ?',
        idBytes(at(7).couponId),
      )
    },
  ],
  [
    'history-off',
    'a row that was recorded anew from the log, without its redemption',
    async ({ sale, at }) => {
      await redeem(at(7))
      await sale.change(
        'DELETE FROM coupons WHERE coupon_id = ? AND campaign_id = ?',
        idBytes(at(7).couponId),
      )
      await insertRow(sale, at(7))
    },
  ],
  [
    'gate-behind',
    'the gate forgot a winner, and would grant the rank again',
    async ({ sale, at }) => {
      await sale.gate.redis.command('HDEL', sale.gate.keys.winners, fieldOf(at(7)))
      await sale.gate.redis.command('RPUSH', sale.gate.keys.free, 7)
      await sale.gate.set({ granted: 39 })
    },
  ],
]

test.each(corruptions)('%s is found alone: %s', async (fault, _, corrupt) => {
  const sold = await soldSale()
  await corrupt(sold)
  const result = await sold.sale.result()
  expect(notPassed(result)).toEqual({ [fault]: 'fail' })
  const check = result.checks.find((one) => one.fault === fault)
  expect(check?.count).toBeGreaterThan(0)
  expect(check?.examples.length).toBeGreaterThan(0)
  expect(result.verdict).toBe('fail')
})

test('rows beyond the highest stock are counted as oversold', async () => {
  const { sale } = await soldSale()
  await sale.change('UPDATE campaigns SET stock = 37, highest_stock = 37 WHERE campaign_id = ?')
  const result = await sale.result()
  expect(notPassed(result)).toEqual({ oversold: 'fail', 'rank-above-stock': 'fail' })
  expect(result.checks.find(({ fault }) => fault === 'oversold')?.count).toBe(3)
})

test('coupons that were redeemed, taken over, given back and revoked by the product pass', async () => {
  const { sale, at } = await soldSale()
  const repository = redemptions()
  const owner = { ...changer, as: 'shopper' } as const
  for (const rank of [1, 2, 3, 4]) {
    const { couponId, userId } = at(rank)
    const request = { couponId, orderId: 'order', ownerId: userId, changer: owner }
    await repository.redeem(request)
    if (rank > 1) await repository.redeem({ ...request, ownerId: undefined, changer })
    if (rank > 2) await revoke(at(rank))
    if (rank > 3) await repository.giveBack({ ...request, ownerId: undefined, changer })
  }
  const result = await sale.result()
  expect(notPassed(result)).toEqual({})
  expect(result.checks.find(({ fault }) => fault === 'history-off')?.looked).toBe(4)
})
