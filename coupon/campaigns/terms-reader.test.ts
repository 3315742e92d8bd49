import { expect, test } from 'vitest'
import type { Campaign, CouponTerms } from '../campaign.ts'
import type { CampaignRepository } from '../ledger/campaigns.ts'
import type { LiveCampaign, Registry } from './registry.ts'
import { createTermsReader } from './terms-reader.ts'

const termsUntil = (usableUntilMs: number): CouponTerms => ({
  ...{ title: 'Off', discount: { kind: 'percent', value: 10 }, usableFromMs: 1, usableUntilMs },
})

test('terms that were edited while a campaign was live are not those from before it', async () => {
  const state: { ledger: CouponTerms; live: CouponTerms | undefined } = {
    ledger: termsUntil(5),
    live: undefined,
  }
  const registry = {
    known: () => state.live && ({ view: { document: { coupon: state.live } } } as LiveCampaign),
  } as unknown as Registry
  const campaigns = {
    readMany: async (ids: readonly string[]) =>
      new Map(ids.map((id) => [id, { coupon: state.ledger } as Campaign])),
  } as unknown as CampaignRepository
  const terms = createTermsReader(registry, campaigns)
  const until = async (): Promise<unknown> => (await terms.read(['a'])).get('a')?.usableUntilMs
  expect(await until()).toBe(5)
  state.live = termsUntil(5)
  expect(await until()).toBe(5)
  state.ledger = state.live = termsUntil(9)
  expect(await until()).toBe(9)
  // Its gate is retired.
  state.live = undefined
  expect(await until()).toBe(9)
})
