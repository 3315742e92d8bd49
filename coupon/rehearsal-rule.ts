import type { CampaignTerms, EligibilityRule } from './campaign.ts'

/** The claim that only the synthetic shoppers of a rehearsal have. No operator may ask for it. */
export const rehearsalClaim = 'firstcome:rehearsal'

/** The one rule of a rehearsal of this campaign. It keeps real people out, and says what is rehearsed. */
export const rehearsalRule = (campaignId: string): EligibilityRule => ({
  claim: rehearsalClaim,
  anyOf: [campaignId],
})

/** The campaign that these terms rehearse; `undefined` for a real campaign. */
export const rehearsedCampaign = ({
  eligibility = [],
}: Pick<CampaignTerms, 'eligibility'>): string | undefined =>
  eligibility.find(({ claim }) => claim === rehearsalClaim)?.anyOf[0]
