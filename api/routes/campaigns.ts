import type { CampaignDocument } from '../../coupon/campaign.ts'
import type { Registry } from '../../coupon/campaigns/registry.ts'
import type { RetiredCampaigns } from '../../coupon/campaigns/retired-campaigns.ts'
import { idPattern } from '../../coupon/grant.ts'
import { type CampaignMoment, toPublicCampaignJson } from '../contract/answers.ts'
import { publicCampaignShape } from '../contract/campaign-shapes.ts'
import { jsonResponse } from '../json-response.ts'
import { liveMoment } from '../live-moment.ts'
import { problem, unknownCampaign } from '../problem.ts'
import { refreshAfterMs } from '../refresh-after.ts'
import type { Route } from '../route.ts'

/** The greatest age of the public facts. */
const ageMaxMs = 1_000

const publicForASecond = { 'Cache-Control': 'public, max-age=1', 'X-Content-Type-Options': 'nosniff' }

const recovering = 'The campaign cannot be read at the moment. Trying again is safe.'

const answerWith = (id: string, document: CampaignDocument, moment: CampaignMoment): Response => {
  const refresh = refreshAfterMs(moment.state, document.opensAtMs - moment.nowMs)
  const json = { ...toPublicCampaignJson(id, document, moment), refreshAfterMs: refresh }
  return jsonResponse(json, 200, publicForASecond)
}

const answerPublicly = async (
  registry: Registry,
  retiredCampaigns: RetiredCampaigns,
  id: string,
): Promise<Response> => {
  const found = await registry.refresh(id, ageMaxMs)
  if (found.kind === 'unknown') return unknownCampaign()
  if (found.kind === 'recovering') return problem('recovering', recovering)
  if (found.kind === 'retired') {
    const campaign = await retiredCampaigns.read(id)
    if (campaign === undefined) return problem('recovering', recovering)
    const { stock, retired } = campaign
    const moment = {
      state: 'closed' as const,
      stock,
      granted: retired.granted,
      nowMs: registry.gateNowMs(),
    }
    return answerWith(id, campaign, moment)
  }
  const { view } = found.campaign
  const moment = liveMoment(view, registry.gateNowMs())
  return answerWith(id, view.document, moment)
}

/** The public facts of a campaign. They are the same for everyone, so caches may keep them for a second. */
export const campaignRoute = (registry: Registry, retiredCampaigns: RetiredCampaigns): Route => ({
  method: 'GET',
  path: '/v1/campaigns/:campaignId',
  lane: 'read',
  caller: 'anyone',
  operation: {
    id: 'readPublicCampaign',
    summary: 'The public facts of a campaign',
    description: 'They are up to a second old, and caches may keep them for a second.',
    answers: { 200: { description: 'The campaign.', schema: publicCampaignShape } },
    problems: ['unknown-campaign', 'recovering', 'unavailable'],
  },
  handle(context) {
    const id = context.req.param('campaignId') ?? ''
    return idPattern.test(id) ? answerPublicly(registry, retiredCampaigns, id) : unknownCampaign()
  },
})
