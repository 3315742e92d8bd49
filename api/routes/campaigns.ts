import { publicState } from '../../coupon/campaign.ts'
import type { Registry } from '../../coupon/campaigns/registry.ts'
import type { RetiredCampaigns } from '../../coupon/campaigns/retired-campaigns.ts'
import { jsonResponse, type Route } from '../route.ts'
import { problem } from '../problem.ts'
import { toPublicCampaignJson } from '../contract/answers.ts'

/** Public facts may be this old. */
const ageMaxMs = 1_000

const anyoneForASecond = { 'Cache-Control': 'public, max-age=1', 'X-Content-Type-Options': 'nosniff' }

/** Public facts of a campaign, for anyone; the same for everyone, so caches may keep them for a second. */
export const campaignRoute = (registry: Registry, retiredCampaigns: RetiredCampaigns): Route => ({
  method: 'GET',
  path: '/v1/campaigns/:campaignId',
  async handle(context) {
    const id = context.req.param('campaignId') ?? ''
    const found = await registry.refresh(id, ageMaxMs)
    if (found.kind === 'unknown')
      return problem('unknown-campaign', 'There is no live campaign with this id.')
    if (found.kind === 'retired') {
      const campaign = await retiredCampaigns.read(id)
      if (campaign === undefined) return problem('recovering', 'The campaign cannot be read just now.')
      const { stock, retired } = campaign
      const moment = {
        state: 'closed' as const,
        stock,
        granted: retired.granted,
        nowMs: registry.gateNowMs(),
      }
      return jsonResponse(toPublicCampaignJson(id, campaign, moment), 200, anyoneForASecond)
    }
    if (found.kind === 'recovering') return problem('recovering', 'The campaign cannot be read just now.')
    const { view } = found.campaign
    const nowMs = registry.gateNowMs()
    const state = view.armed
      ? publicState({ ...view.document, state: view.state, stock: view.stock }, view.granted, nowMs)
      : 'recovering'
    const moment = { state, stock: view.stock, granted: view.granted, nowMs }
    return jsonResponse(toPublicCampaignJson(id, view.document, moment), 200, anyoneForASecond)
  },
})
