import type { CampaignTerms, TermsFault } from '../campaign.ts'

/** What makes terms impossible, whatever the time is. */
export const findContradictions = ({ opensAtMs, closesAtMs, coupon }: CampaignTerms): TermsFault[] => {
  const faults: TermsFault[] = []
  if (closesAtMs <= opensAtMs) faults.push({ pointer: '/closesAt', message: 'expected a time after opensAt' })
  if (coupon.usableUntilMs <= coupon.usableFromMs)
    faults.push({
      pointer: '/coupon/usableUntil',
      message: 'expected a time after usableFrom (which is opensAt when left out)',
    })
  return faults
}

/**
 * What makes a campaign pointless at `nowMs`: nobody could win, or a winner could get a coupon that has
 * expired.
 */
export const findPointlessTimes = (
  { closesAtMs, coupon: { usableUntilMs } }: CampaignTerms,
  nowMs: number,
): TermsFault[] => {
  const faults: TermsFault[] = []
  if (closesAtMs <= nowMs) faults.push({ pointer: '/closesAt', message: 'expected a time after now' })
  if (usableUntilMs <= nowMs)
    faults.push({ pointer: '/coupon/usableUntil', message: 'expected a time after now' })
  else if (usableUntilMs < closesAtMs)
    faults.push({ pointer: '/coupon/usableUntil', message: 'expected closesAt or a later time' })
  return faults
}
