import * as fc from 'fast-check'
import { type CampaignTerms, termsOf } from '../../../coupon/campaign.ts'

/** Times that meet each other often: eleven of them, around `middleMs`. */
const timesAround = (middleMs: number): fc.Arbitrary<number> =>
  fc.integer({ min: -5, max: 5 }).map((steps) => middleMs + steps * 1_000_000)

/** Terms of few values, so that two of them share most parts. They may contradict themselves. */
const fewTerms = (opensAtMs: number): fc.Arbitrary<CampaignTerms> =>
  fc.record({
    name: fc.constantFrom('Sale', '세일'),
    stock: fc.integer({ min: 1, max: 3 }),
    opensAtMs: fc.constantFrom(opensAtMs, opensAtMs, opensAtMs - 1),
    closesAtMs: timesAround(opensAtMs + 9_000_000),
    perUserLimit: fc.integer({ min: 1, max: 3 }),
    coupon: fc.record({
      title: fc.constantFrom('Off', 'Off', '할인 🌸'),
      discount: fc.constantFrom<CampaignTerms['coupon']['discount']>(
        { kind: 'percent', value: 10 },
        { kind: 'percent', value: 10 },
        { kind: 'amount', value: 10 },
        { kind: 'amount', value: 10, currency: 'KRW' },
        { kind: 'amount', value: Number.MAX_SAFE_INTEGER, currency: 'KRW' },
        { kind: 'amount', value: Number.MAX_SAFE_INTEGER - 1, currency: 'KRW' },
      ),
      usableFromMs: timesAround(opensAtMs),
      usableUntilMs: timesAround(opensAtMs + 9_000_000),
    }),
    eligibility: fc.constantFrom<CampaignTerms['eligibility'][]>(
      ...[[], [{ claim: 'tier', anyOf: ['gold'] }], [{ claim: 'tier', anyOf: ['gold', 'vip'] }]],
    ),
    timeZone: fc.constantFrom('UTC', 'Asia/Seoul'),
  })

/** Two terms that mostly agree: most edits change a part or two. */
export const termsAndEdited = (opensAtMs: number): fc.Arbitrary<[CampaignTerms, CampaignTerms]> =>
  fc
    .tuple(fewTerms(opensAtMs), fewTerms(opensAtMs), fc.array(fc.boolean(), { minLength: 11, maxLength: 11 }))
    .map(([some, others, stays]) => {
      const [before, other] = [termsOf(some), termsOf(others)]
      const pick = <Value>(at: number, old: Value, next: Value): Value => (stays[at] === true ? old : next)
      const after: CampaignTerms = {
        name: pick(0, before.name, other.name),
        stock: pick(1, before.stock, other.stock),
        opensAtMs: pick(2, before.opensAtMs, other.opensAtMs),
        closesAtMs: pick(3, before.closesAtMs, other.closesAtMs),
        perUserLimit: pick(4, before.perUserLimit, other.perUserLimit),
        coupon: {
          title: pick(5, before.coupon.title, other.coupon.title),
          discount: pick(6, before.coupon.discount, other.coupon.discount),
          usableFromMs: pick(7, before.coupon.usableFromMs, other.coupon.usableFromMs),
          usableUntilMs: pick(8, before.coupon.usableUntilMs, other.coupon.usableUntilMs),
        },
        eligibility: pick(9, before.eligibility, other.eligibility),
        timeZone: pick(10, before.timeZone, other.timeZone),
      }
      return [before, termsOf(after)]
    })
