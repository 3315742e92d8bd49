import { z } from 'zod'
import { slotMax } from './grant.ts'

/** What a coupon is worth: an amount in the currency's minor unit, or a percentage. */
export type Discount =
  | { kind: 'amount'; value: number; currency?: string | undefined }
  | { kind: 'percent'; value: number }

/**
 * Terms that every coupon of a campaign carries. Times are epoch milliseconds; `usableUntilMs` is exclusive.
 */
export type CouponTerms = { title: string; discount: Discount; usableFromMs: number; usableUntilMs: number }

/**
 * Who may have a coupon: the claim of a caller's token is one of these values, or a list with one of them.
 */
export type EligibilityRule = { claim: string; anyOf: readonly string[] }

/**
 * Settings of a campaign that an operator chooses. Times are epoch milliseconds; `closesAtMs` is exclusive.
 */
export type CampaignTerms = {
  name: string
  stock: number
  opensAtMs: number
  closesAtMs: number
  perUserLimit: number
  coupon: CouponTerms
  /** All of them must hold; left out where everyone may have a coupon. */
  eligibility?: readonly EligibilityRule[] | undefined
  /** The zone (IANA) in which people speak of its times; left out for UTC. */
  timeZone?: string | undefined
}

/** The terms among other fields. What says nothing is left out, so that equal terms are the same document. */
export const termsOf = (terms: CampaignTerms): CampaignTerms => {
  const { name, stock, opensAtMs, closesAtMs, perUserLimit, coupon, eligibility = [], timeZone } = terms
  return {
    ...{ name, stock, opensAtMs, closesAtMs, perUserLimit, coupon },
    ...(eligibility.length === 0 ? {} : { eligibility }),
    ...(timeZone === undefined || timeZone === 'UTC' ? {} : { timeZone }),
  }
}

/** A field of a campaign, as a JSON pointer into its document, and what is expected of it. */
export type TermsFault = { pointer: string; message: string }

/** The state that an operator sets; opening, closing and sell-out follow from time and stock. */
export type OperatorState = 'open' | 'paused' | 'closed'

/** The settings of a campaign at one version. `epoch` 0 is a campaign whose gate was never armed. */
export type Campaign = CampaignTerms & {
  id: string
  version: number
  state: OperatorState
  epoch: number
  /** Set once its gate was removed: when, and how many coupons it had granted. */
  retired?: { atMs: number; granted: number } | undefined
}

/** State of a campaign in the public API. */
export type PublicState = 'scheduled' | 'open' | 'paused' | 'sold-out' | 'closed' | 'recovering'

/** State of an armed gate at `nowMs`, checked in the same order as decide.lua. */
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

/**
 * The public document of a campaign. The gate stores it, so that the API works while the database is down.
 */
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
  // Left out by versions that had neither.
  eligibility: z.array(z.object({ claim: z.string(), anyOf: z.array(z.string()) })).optional(),
  timeZone: z.string().optional(),
})

/** Encodes the document for the gate. */
export const encodeDocument = (terms: CampaignTerms): string => {
  const { stock: _, ...document } = termsOf(terms)
  return JSON.stringify(document satisfies CampaignDocument)
}

/** Decodes what `encodeDocument` wrote; throws on any other text. */
export const decodeDocument = (text: string): CampaignDocument => documentShape.parse(JSON.parse(text))
