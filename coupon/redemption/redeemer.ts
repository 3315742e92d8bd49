import type { CouponChanger } from '../ledger/coupon-changes.ts'
import type { RecordedCoupon } from '../ledger/recorded-coupons.ts'
import type { NotRedeemed, Redeemed, RedemptionRepository, RedemptionRequest } from '../ledger/redemptions.ts'
import type { MissingRows } from './missing-rows.ts'

/** The ledger has no row of the coupon; `not-recorded-yet` passes by itself. */
export type NoRow = { kind: 'unknown-coupon' | 'confirming' | 'not-recorded-yet' }

/**
 * Redeems, gives back and revokes coupons, also those whose row is still on its way. All reject as the
 * sources do that cannot be read; asking again is safe.
 */
export type CouponRedeemer = {
  redeem(request: RedemptionRequest): Promise<Redeemed | NotRedeemed | NoRow>
  /** `not-redeemed` also for a coupon without a row: nothing was redeemed yet. */
  giveBack(
    request: RedemptionRequest,
  ): Promise<{ kind: 'given-back' | 'not-redeemed' | 'by-orders' | 'unknown-coupon' }>
  revoke(couponId: string, changer: CouponChanger, reason: string): Promise<RecordedCoupon | NoRow>
  /** Whoever holds it. */
  find(couponId: string): Promise<RecordedCoupon | NoRow>
}

export const createCouponRedeemer = (
  repository: RedemptionRepository,
  missing: MissingRows,
): CouponRedeemer => {
  /** What `ask` finds, if need be after a wait for the row. */
  const withRow = async <Found>(
    couponId: string,
    ownerId: string | undefined,
    ask: () => Promise<Found | undefined>,
  ): Promise<Found | NoRow> => {
    const found = await ask()
    if (found !== undefined) return found
    const why = await missing.explain(couponId, ownerId)
    if (why === 'unknown-coupon' || why === 'confirming') return { kind: why }
    return ((await missing.arrives(couponId)) ? await ask() : undefined) ?? { kind: 'not-recorded-yet' }
  }

  return {
    redeem: (request) =>
      withRow(request.couponId, request.ownerId, async () => {
        const outcome = await repository.redeem(request)
        return outcome.kind === 'no-row' ? undefined : outcome
      }),
    async giveBack(request) {
      const { kind } = await repository.giveBack(request)
      if (kind !== 'no-row') return { kind }
      const why = await missing.explain(request.couponId, request.ownerId)
      return { kind: why === 'unknown-coupon' ? why : 'not-redeemed' }
    },
    revoke: (couponId, changer, reason) =>
      withRow(couponId, undefined, () => repository.revoke(couponId, changer, reason)),
    find: (couponId) => withRow(couponId, undefined, () => repository.find(couponId)),
  }
}
