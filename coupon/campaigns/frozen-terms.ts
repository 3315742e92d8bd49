import { isDeepStrictEqual } from 'node:util'
import { type CampaignTerms, type TermsFault, termsOf } from '../campaign.ts'

const changed = (before: unknown, after: unknown): boolean => !isDeepStrictEqual(before, after)

const onWinners = 'a coupon may be promised with it'

/** Parts that a process tells people from memory: the terms of coupons, and who may have one. */
const findTakenTerms = (before: CampaignTerms, after: CampaignTerms): TermsFault[] => {
  const faults: TermsFault[] = []
  const fault = (pointer: string, message: string): void => void faults.push({ pointer, message })
  const [old, next] = [before.coupon, after.coupon]
  if (old.title !== next.title) fault('/coupon/title', `frozen: ${onWinners}`)
  if (changed(old.discount, next.discount)) fault('/coupon/discount', `frozen: ${onWinners}`)
  if (next.usableFromMs > old.usableFromMs)
    fault('/coupon/usableFrom', 'can only become earlier: a coupon that is usable stays so')
  if (next.usableUntilMs < old.usableUntilMs)
    fault('/coupon/usableUntil', 'can only become later: no coupon expires before it was promised to')
  if (changed(before.eligibility, after.eligibility))
    fault('/eligibility', 'frozen: people were told whether they may have a coupon')
  return faults
}

/**
 * What `after` takes from people who hold a coupon under `before`, or were told to come for one. Every part
 * is named, with the reason. coupon/gate/frozen.lua refuses the same.
 */
export const findTaken = (before: CampaignTerms, after: CampaignTerms): TermsFault[] => {
  const faults: TermsFault[] = []
  const fault = (pointer: string, message: string): void => void faults.push({ pointer, message })
  if (after.stock < before.stock)
    fault('/stock', `is ${before.stock} and can only be raised: coupons may be promised already`)
  if (after.opensAtMs !== before.opensAtMs) fault('/opensAt', 'frozen: the campaign has opened')
  if (after.perUserLimit < before.perUserLimit)
    fault(
      '/perUserLimit',
      `is ${before.perUserLimit} and can only be raised: people may hold as many coupons`,
    )
  return [...faults, ...findTakenTerms(before, after)]
}

const nearOpening =
  (marginMs: number) =>
  ({ pointer }: TermsFault): TermsFault => ({
    pointer,
    message: `frozen in the last ${Math.ceil(marginMs / 1_000)} seconds before the opening: winners may be told the old terms`,
  })

/**
 * What an edit may not do at `nowMs`. After the opening nothing is taken from anybody. Nor are the terms of
 * coupons within `marginMs` before it: processes answer winners with terms that they read before.
 */
export const findFrozen = (
  before: CampaignTerms,
  after: CampaignTerms,
  { nowMs, marginMs }: { nowMs: number; marginMs: number },
): TermsFault[] => {
  if (nowMs >= before.opensAtMs) return findTaken(before, after)
  const opensAtMs = Math.min(before.opensAtMs, after.opensAtMs)
  // safeguard: the terms of coupons are frozen just before the opening
  if (nowMs >= opensAtMs - marginMs) return findTakenTerms(before, after).map(nearOpening(marginMs))
  return []
}

/**
 * The terms nearest to `wanted` that take nothing from holders of coupons under `promised`. They contradict
 * themselves only if one of the two does.
 */
export const keepPromised = (promised: CampaignTerms, wanted: CampaignTerms): CampaignTerms =>
  termsOf({
    name: wanted.name,
    stock: Math.max(promised.stock, wanted.stock),
    opensAtMs: promised.opensAtMs,
    closesAtMs: Math.max(promised.opensAtMs + 1, wanted.closesAtMs),
    perUserLimit: Math.max(promised.perUserLimit, wanted.perUserLimit),
    coupon: {
      title: promised.coupon.title,
      discount: promised.coupon.discount,
      usableFromMs: Math.min(promised.coupon.usableFromMs, wanted.coupon.usableFromMs),
      usableUntilMs: Math.max(promised.coupon.usableUntilMs, wanted.coupon.usableUntilMs),
    },
    eligibility: promised.eligibility,
    timeZone: wanted.timeZone,
  })
