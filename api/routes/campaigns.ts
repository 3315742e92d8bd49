import type { CampaignDocument } from '../../coupon/campaign.ts'
import type { Registry } from '../../coupon/campaigns/registry.ts'
import type { RetiredCampaigns } from '../../coupon/campaigns/retired-campaigns.ts'
import { idPattern } from '../../coupon/grant.ts'
import { rehearsedCampaign } from '../../coupon/rehearsal-rule.ts'
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

const writeDocument = (id: string, document: CampaignDocument, moment: CampaignMoment) => {
  // safeguard: a rehearsal is unknown in public
  if (rehearsedCampaign(document) !== undefined) return 'unknown'
  return {
    ...toPublicCampaignJson(id, document, moment),
    refreshAfterMs: refreshAfterMs(moment.state, document.opensAtMs - moment.nowMs),
  }
}

/**
 * The public document of a campaign. `recovering`: it may exist, and cannot be read now. A rehearsal is
 * `unknown` in public.
 */
export type ReadPublic = (campaignId: string) => Promise<ReturnType<typeof writeDocument> | 'recovering'>

/** Reads public documents, at most a second old. */
export const createPublicReader =
  (registry: Registry, retiredCampaigns: RetiredCampaigns): ReadPublic =>
  async (id) => {
    const found = await registry.refresh(id, ageMaxMs)
    if (found.kind === 'unknown' || found.kind === 'recovering') return found.kind
    const nowMs = registry.gateNowMs()
    if (found.kind === 'live') {
      const { view } = found.campaign
      return writeDocument(id, view.document, liveMoment(view, nowMs))
    }
    const campaign = await retiredCampaigns.read(id)
    if (campaign === undefined) return 'recovering'
    const { stock, retired } = campaign
    return writeDocument(id, campaign, { state: 'closed', stock, granted: retired.granted, nowMs })
  }

/**
 * Reads as `readPublic` does, and from memory while the gate does not answer. People then see the page of a
 * sale that is known here, and its button says what holds.
 */
export const createKnownReader =
  (registry: Pick<Registry, 'known' | 'gateNowMs'>, readPublic: ReadPublic): ReadPublic =>
  async (id) => {
    try {
      return await readPublic(id)
    } catch (cause) {
      const campaign = registry.known(id)
      if (campaign === undefined) throw cause
      const { view } = campaign
      return writeDocument(id, view.document, liveMoment(view, registry.gateNowMs()))
    }
  }

const answerPublicly = async (readPublic: ReadPublic, id: string): Promise<Response> => {
  const campaign = await readPublic(id)
  if (campaign === 'unknown') return unknownCampaign()
  return campaign === 'recovering'
    ? problem('recovering', recovering)
    : jsonResponse(campaign, 200, publicForASecond)
}

/** The public facts of a campaign. They are the same for everyone, so caches may keep them for a second. */
export const campaignRoute = (readPublic: ReadPublic): Route => ({
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
    return idPattern.test(id) ? answerPublicly(readPublic, id) : unknownCampaign()
  },
})
