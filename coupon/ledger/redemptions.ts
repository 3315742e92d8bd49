import { Failure } from '../../platform/failure.ts'
import type { Database } from '../../platform/mysql/database.ts'
import {
  type CouponChange,
  type CouponChanger,
  type NumberedChange,
  readCouponChanges,
  recordCouponChange,
} from './coupon-changes.ts'
import { idBytes } from './ids.ts'
import {
  type CouponRedemption,
  ledgerNowMs,
  type RecordedCoupon,
  readRecordedCoupon,
} from './recorded-coupons.ts'

/** One coupon for one order. With `ownerId` a coupon of somebody else is as good as none. */
export type RedemptionRequest = {
  couponId: string
  orderId: string
  ownerId: string | undefined
  changer: CouponChanger
}

/** Why a coupon cannot be redeemed. */
export type NotRedeemed =
  | { kind: 'already-redeemed'; orderId: string }
  | { kind: 'not-usable-yet'; usableFromMs: number }
  | { kind: 'expired'; usableUntilMs: number }
  | { kind: 'revoked' | 'changed-too-often' }

/** `isNew` is false when it was redeemed for this order before. */
export type Redeemed = {
  kind: 'redeemed'
  isNew: boolean
  coupon: RecordedCoupon
  redemption: CouponRedemption
}

/**
 * What becomes of coupons in the ledger. Times are those of its clock. Every change and its row of history
 * are one transaction, and come after a conditional update, which locks the coupon. All reject `unavailable`
 * when the database does not answer: the change may have happened, and asking again is safe.
 */
export type RedemptionRepository = {
  redeem(request: RedemptionRequest): Promise<Redeemed | NotRedeemed | { kind: 'no-row' }>
  /** `not-redeemed`: not for this order. `by-orders`: an order service redeemed it, the owner cannot. */
  giveBack(
    request: RedemptionRequest,
  ): Promise<{ kind: 'given-back' | 'not-redeemed' | 'by-orders' | 'no-row' }>
  /** Revokes a coupon for good, also one that is redeemed. One that is revoked keeps its first reason. */
  revoke(couponId: string, changer: CouponChanger, reason: string): Promise<RecordedCoupon | undefined>
  find(couponId: string): Promise<RecordedCoupon | undefined>
  /** What was done to a coupon, oldest first. */
  history(coupon: RecordedCoupon): Promise<NumberedChange[]>
}

/** More changes than a coupon has in good use; a caller who redeems and gives back all day ends here. */
export const couponChangesMax = 100

/** A try reads the coupon and then changes it, unless another caller came between. */
const attemptsMax = 5

const anotherChange = 'changes = COALESCE(changes, 0) + 1'

/** What the request finds: a change to make, or the answer. */
const judge = (
  coupon: RecordedCoupon,
  { orderId, changer }: RedemptionRequest,
  nowMs: number,
): 'redeem' | 'take-over' | Redeemed | NotRedeemed => {
  const { redemption, revokedAtMs, terms } = coupon
  const isTakenOver = redemption?.as === 'shopper' && changer.as === 'orders'
  if (redemption?.orderId === orderId && !isTakenOver)
    return { kind: 'redeemed', isNew: false, coupon, redemption }
  if (revokedAtMs !== undefined) return { kind: 'revoked' }
  if (redemption?.orderId === orderId) return 'take-over'
  if (redemption !== undefined) return { kind: 'already-redeemed', orderId: redemption.orderId }
  if (nowMs < terms.usableFromMs) return { kind: 'not-usable-yet', usableFromMs: terms.usableFromMs }
  if (nowMs >= terms.usableUntilMs) return { kind: 'expired', usableUntilMs: terms.usableUntilMs }
  return coupon.changes < couponChangesMax ? 'redeem' : { kind: 'changed-too-often' }
}

export const createRedemptionRepository = (database: Database): RedemptionRepository => {
  /**
   * Runs a conditional update of one coupon, and keeps what it did. `undefined` when the condition does not
   * hold (any more).
   */
  const change = (
    couponId: string,
    update: { set: string; where: string; values: readonly unknown[] },
    describe: (coupon: RecordedCoupon, nowMs: number) => CouponChange,
  ): Promise<RecordedCoupon | undefined> =>
    database.transaction(async (connection) => {
      const changed = await connection.change(
        // safeguard: a coupon is changed under the condition that was judged
        `UPDATE coupons SET ${update.set}, ${anotherChange} WHERE coupon_id = ? AND ${update.where}`,
        update.values,
      )
      const found = changed === 0 ? undefined : await readRecordedCoupon(connection, couponId)
      if (found === undefined) return { commit: false, result: undefined }
      // safeguard: a change of a coupon and its history are one transaction
      await recordCouponChange(connection, found.coupon, describe(found.coupon, found.nowMs))
      return { commit: true, result: found.coupon }
    })

  const redeemNow = ({ couponId, orderId, changer }: RedemptionRequest, { terms }: RecordedCoupon) =>
    change(
      couponId,
      {
        set: `redeemed_order_id = ?, redeemed_at_ms = ${ledgerNowMs}, redeemed_as = ?`,
        where: `redeemed_order_id IS NULL AND revoked_at_ms IS NULL
          AND COALESCE(changes, 0) < ? AND ? <= ${ledgerNowMs} AND ${ledgerNowMs} < ?`,
        values: [
          ...[orderId, changer.as, idBytes(couponId)],
          ...[couponChangesMax, terms.usableFromMs, terms.usableUntilMs],
        ],
      },
      ({ redemption }, nowMs) => ({
        ...{ ...changer, action: 'redeemed', orderId, atMs: redemption?.atMs ?? nowMs, reason: null },
      }),
    )

  /** From here on the owner cannot give back what the shop counts on. */
  const takeOver = ({ couponId, orderId, changer }: RedemptionRequest) =>
    change(
      couponId,
      {
        set: 'redeemed_as = ?',
        // safeguard: a shop does not take over what was revoked
        where: "redeemed_order_id = ? AND redeemed_as = 'shopper' AND revoked_at_ms IS NULL",
        values: [changer.as, idBytes(couponId), orderId],
      },
      (_, nowMs) => ({ ...changer, action: 'redeemed', orderId, atMs: nowMs, reason: null }),
    )

  return {
    async redeem(request) {
      for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
        const found = await readRecordedCoupon(database, request.couponId, request.ownerId)
        if (found === undefined) return { kind: 'no-row' }
        const judged = judge(found.coupon, request, found.nowMs)
        if (typeof judged === 'object') return judged
        const coupon = await (judged === 'redeem' ? redeemNow(request, found.coupon) : takeOver(request))
        if (coupon?.redemption !== undefined)
          return {
            kind: 'redeemed',
            isNew: judged === 'redeem',
            coupon,
            redemption: coupon.redemption,
          }
      }
      throw new Failure('unavailable', `the coupon changed ${attemptsMax} times meanwhile`)
    },

    async giveBack({ couponId, orderId, ownerId, changer }) {
      const isOrders = changer.as === 'orders'
      const given = await change(
        couponId,
        {
          set: 'redeemed_order_id = NULL, redeemed_at_ms = NULL, redeemed_as = NULL',
          // safeguard: an owner gives back only what the owner redeemed
          where: `redeemed_order_id = ? ${isOrders ? '' : "AND user_id = ? AND redeemed_as = 'shopper'"}`,
          values: [idBytes(couponId), orderId, ownerId],
        },
        (_, nowMs) => ({ ...changer, action: 'given-back', orderId, atMs: nowMs, reason: null }),
      )
      if (given !== undefined) return { kind: 'given-back' }
      const found = await readRecordedCoupon(database, couponId, ownerId)
      if (found === undefined) return { kind: 'no-row' }
      const { redemption } = found.coupon
      return { kind: redemption?.orderId === orderId && !isOrders ? 'by-orders' : 'not-redeemed' }
    },

    async revoke(couponId, changer, reason) {
      const revoked = await change(
        couponId,
        {
          set: `revoked_at_ms = ${ledgerNowMs}`,
          where: 'revoked_at_ms IS NULL',
          values: [idBytes(couponId)],
        },
        ({ revokedAtMs }, nowMs) => ({
          ...{ ...changer, action: 'revoked', orderId: null, atMs: revokedAtMs ?? nowMs, reason },
        }),
      )
      return revoked ?? (await readRecordedCoupon(database, couponId))?.coupon
    },

    find: async (couponId) => (await readRecordedCoupon(database, couponId))?.coupon,

    history: async ({ grant }) =>
      (await readCouponChanges(database, grant.campaignId, [grant.couponId])).get(grant.couponId) ?? [],
  }
}
