import type { Connection, SqlReader, SqlRow } from '../../platform/mysql/connection.ts'
import type { CouponRole } from '../coupon-state.ts'
import { idBytes, idText } from './ids.ts'
import type { RecordedCoupon } from './recorded-coupons.ts'

/** Who changes a coupon, as what, and from which address. */
export type CouponChanger = { by: string; as: CouponRole; from: string }

/** What was done to a coupon, and who did it. */
export type CouponChange = CouponChanger & {
  action: 'redeemed' | 'given-back' | 'revoked'
  atMs: number
  orderId: string | null
  reason: string | null
}

/** A change in the history of a coupon: 1 is the first. */
export type NumberedChange = CouponChange & { number: number }

/** Keeps the change that `coupon` shows, in the transaction that made it. */
export const recordCouponChange = async (
  connection: Connection,
  { grant, changes }: RecordedCoupon,
  change: CouponChange,
): Promise<void> => {
  await connection.change('INSERT INTO coupon_changes SET ?', [
    {
      ...{ campaign_id: idBytes(grant.campaignId), coupon_id: idBytes(grant.couponId), number: changes },
      ...{ action: change.action, order_id: change.orderId, changed_at_ms: change.atMs },
      ...{ changed_by: change.by, changed_as: change.as, changed_from: change.from, reason: change.reason },
    },
  ])
}

const changeFrom = (row: SqlRow): NumberedChange => ({
  number: Number(row['number']),
  action: String(row['action']) as CouponChange['action'],
  atMs: Number(row['changed_at_ms']),
  by: String(row['changed_by']),
  as: String(row['changed_as']) as CouponRole,
  from: String(row['changed_from']),
  orderId: row['order_id'] as string | null,
  reason: row['reason'] as string | null,
})

/** The history of each of these coupons of a campaign, oldest change first. */
export const readCouponChanges = async (
  source: SqlReader,
  campaignId: string,
  couponIds: readonly string[],
): Promise<Map<string, NumberedChange[]>> => {
  const rows = await source.read(
    'SELECT * FROM coupon_changes WHERE campaign_id = ? AND coupon_id IN (?) ORDER BY coupon_id, number',
    [idBytes(campaignId), couponIds.map(idBytes)],
  )
  const byCoupon = Map.groupBy(rows, (row) => idText(row['coupon_id'] as Buffer))
  return new Map([...byCoupon].map(([couponId, ofCoupon]) => [couponId, ofCoupon.map(changeFrom)]))
}

const couponsInOneReadMax = 1_000

/** Coupons of a campaign with a history, whose rows have none or do not exist, a thousand at a time. */
export const readChangedWithoutMarks = async function* (
  source: SqlReader,
  campaignId: string,
): AsyncGenerator<string[]> {
  for (let afterId = Buffer.alloc(16); ; ) {
    const rows = await source.read(
      `SELECT coupon_changes.coupon_id, MAX(coupons.changes) AS changes
       FROM coupon_changes LEFT JOIN coupons ON coupons.coupon_id = coupon_changes.coupon_id
       WHERE coupon_changes.campaign_id = ? AND coupon_changes.coupon_id > ?
       GROUP BY coupon_changes.coupon_id ORDER BY coupon_changes.coupon_id LIMIT ?`,
      [idBytes(campaignId), afterId, couponsInOneReadMax],
    )
    const unmarked = rows.filter((row) => row['changes'] === null)
    if (unmarked.length > 0) yield unmarked.map((row) => idText(row['coupon_id'] as Buffer))
    const last = rows.at(-1)
    if (last === undefined || rows.length < couponsInOneReadMax) return
    afterId = last['coupon_id'] as typeof afterId
  }
}
