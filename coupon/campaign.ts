import { z } from 'zod'
import { slotMax } from './grant.ts'

/** What a coupon is worth: an integer of the currency's minor unit, or a percentage. */
export type Discount =
  | { kind: 'amount'; value: number; currency?: string | undefined }
  | { kind: 'percent'; value: number }

/** What every coupon of a campaign says. Times are epoch milliseconds; usable from the first up to, not including, the second. */
export type CouponTerms = { title: string; discount: Discount; usableFromMs: number; usableUntilMs: number }

/** What an operator decides about a campaign. */
export type CampaignTerms = {
  name: string
  stock: number
  opensAtMs: number
  closesAtMs: number
  perUserLimit: number
  coupon: CouponTerms
}

/** What an operator does to a campaign; time and stock do the rest. */
export type OperatorState = 'open' | 'paused' | 'closed'

/** The settings of a campaign at one version. `epoch` 0 is a campaign whose gate was never armed. */
export type Campaign = CampaignTerms & {
  id: string
  version: number
  state: OperatorState
  epoch: number
  /** There once its gate was taken away: when, and how many coupons it had granted. */
  retired?: { atMs: number; granted: number } | undefined
}

/** What anyone is told about the state of a campaign. */
export type PublicState = 'scheduled' | 'open' | 'paused' | 'sold-out' | 'closed' | 'recovering'

/** The state at `nowMs` of an armed gate, in the order in which the gate itself checks. */
export const publicState = (
  campaign: { state: OperatorState; stock: number; opensAtMs: number; closesAtMs: number },
  granted: number,
  nowMs: number,
): PublicState => {
  if (campaign.state !== 'open') return campaign.state
  if (nowMs < campaign.opensAtMs) return 'scheduled'
  if (nowMs >= campaign.closesAtMs) return 'closed'
  return granted >= campaign.stock ? 'sold-out' : 'open'
}

/** The public document of a campaign, as the gate carries it, so that the API works with the database down. */
export type CampaignDocument = Omit<CampaignTerms, 'stock'>

/** Epoch milliseconds of the years 1970 to 9999. */
export const timeShape = z.int().min(0).max(253_402_300_799_999)
export const discountShape = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('amount'),
    value: z.int().min(1),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'expected three capital letters (ISO 4217)')
      .optional(),
  }),
  z.strictObject({ kind: z.literal('percent'), value: z.int().min(1).max(100) }),
])

const documentShape = z.object({
  name: z.string(),
  opensAtMs: timeShape,
  closesAtMs: timeShape,
  perUserLimit: z.int().min(1).max(slotMax),
  coupon: z.object({
    title: z.string(),
    discount: discountShape,
    usableFromMs: timeShape,
    usableUntilMs: timeShape,
  }),
})

/** The document as the gate stores it. */
export const encodeDocument = (terms: CampaignTerms): string => {
  const { name, opensAtMs, closesAtMs, perUserLimit, coupon } = terms
  return JSON.stringify({ name, opensAtMs, closesAtMs, perUserLimit, coupon } satisfies CampaignDocument)
}

/** Reads what `encodeDocument` wrote; throws when it is anything else. */
export const decodeDocument = (text: string): CampaignDocument => documentShape.parse(JSON.parse(text))
