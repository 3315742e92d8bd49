import type { CouponTerms } from '../campaign.ts'
import type { CampaignRepository } from '../ledger/campaigns.ts'
import type { Registry } from './registry.ts'

/**
 * Coupon terms: of live campaigns from the gate, of others from the ledger, as of the first read since they
 * were live.
 */
export type TermsReader = {
  /** By campaign id, without unknown ids. Rejects `unavailable` when it needs the ledger in vain. */
  read(campaignIds: readonly string[]): Promise<Map<string, CouponTerms>>
}

const termsMax = 10_000

export const createTermsReader = (registry: Registry, campaigns: CampaignRepository): TermsReader => {
  const remembered = new Map<string, CouponTerms>()
  return {
    async read(campaignIds) {
      const terms = new Map<string, CouponTerms>()
      const missing: string[] = []
      for (const id of campaignIds) {
        if (terms.has(id)) continue
        const live = registry.known(id)?.view.document.coupon
        // An edit may change them. What is read after a campaign was live is final.
        if (live !== undefined) remembered.delete(id)
        const known = live ?? remembered.get(id)
        if (known === undefined) missing.push(id)
        else terms.set(id, known)
      }
      if (missing.length === 0) return terms
      for (const [id, { coupon }] of await campaigns.readMany(missing)) {
        if (remembered.size >= termsMax) remembered.clear()
        remembered.set(id, coupon)
        terms.set(id, coupon)
      }
      return terms
    },
  }
}
