import { z } from 'zod'
import type { EligibilityRule } from '../../coupon/campaign.ts'
import { isKnownTimeZone } from '../../coupon/campaigns/time-zone.ts'
import { rehearsalClaim } from '../../coupon/rehearsal-rule.ts'

/** Rules of one campaign. */
const rulesMax = 5
/** Values of one rule. */
const valuesMax = 10

const claimName = z
  .string()
  .regex(/^[\x21-\x7e]{1,64}$/, 'expected 1 to 64 characters of ASCII, without spaces')
const claimValue = z.string().regex(/^[\x20-\x7e]{1,50}$/, 'expected 1 to 50 characters of ASCII')

const hasEachOnce = (values: readonly string[]): boolean => new Set(values).size === values.length

const rulesShape = (claim: z.ZodType<string>): z.ZodType<EligibilityRule[]> =>
  z
    .array(
      z.strictObject({
        claim,
        anyOf: z.array(claimValue).min(1).max(valuesMax).refine(hasEachOnce, 'expected each value once'),
      }),
    )
    .max(rulesMax)
    .refine((rules) => hasEachOnce(rules.map((rule) => rule.claim)), 'expected each claim once')

/** `eligibility` of a campaign. None means everyone. */
export const eligibilityShape = rulesShape(claimName)

/** `eligibility` in a request: the claim of rehearsals is not for operators. */
export const askedEligibilityShape = rulesShape(
  claimName
    // safeguard: no real campaign looks like a rehearsal
    .refine((claim) => claim !== rehearsalClaim, `expected another claim: ${rehearsalClaim} is reserved`)
    .describe(`Any but \`${rehearsalClaim}\`, which only rehearsals have.`),
)

/** `timeZone` of a campaign. Offsets are no zones: they know no daylight saving. */
export const timeZoneShape = z
  .string()
  .max(64)
  .regex(/^[A-Za-z]/, 'expected a name of the IANA time zone database, as Asia/Seoul')
  .refine(isKnownTimeZone, 'expected a name of the IANA time zone database, as Asia/Seoul')
