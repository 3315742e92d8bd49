import { z } from 'zod'
import type { FoundCampaign, Registry } from '../../coupon/campaigns/registry.ts'
import type { RetiredCampaigns } from '../../coupon/campaigns/retired-campaigns.ts'
import { idPattern } from '../../coupon/grant.ts'
import { rehearsedCampaign } from '../../coupon/rehearsal-rule.ts'
import { alreadySent } from '../../platform/http/already-sent.ts'
import { formatEvent } from '../../platform/http/event-frame.ts'
import type { EventHub } from '../../platform/http/event-hub.ts'
import { eventStreamHeaders } from '../../platform/http/event-listener.ts'
import type { EventPlaces } from '../../platform/http/event-places.ts'
import { campaignEventShape } from '../contract/campaign-event-shape.ts'
import { campaignEvent, isOfClosed, knowsAsMuch } from '../events/campaign-events.ts'
import { noStoreHeaders } from '../json-response.ts'
import { prepareProblem, problem, unknownCampaign } from '../problem.ts'
import { type HttpContext, headerOf, type Route } from '../route.ts'

export type CampaignEventsOptions = {
  registry: Registry
  retiredCampaigns: RetiredCampaigns
  hub: EventHub
  places: EventPlaces
}

const pollInstead = 'Ask for the campaign now and then instead: its answer says when.'
const noPlace = prepareProblem('overloaded', `This process has as many streams as it may. ${pollInstead}`)
const noPlaceForAddress = prepareProblem(
  'rate-limited',
  `This address has as many streams as it may. ${pollInstead}`,
)
const recovering = 'The campaign cannot be read at the moment. Trying again is safe.'

/** Ends the stream of a campaign that was closed long ago, with the one event that is left to tell. */
const answerRetired = async (
  { registry, retiredCampaigns }: CampaignEventsOptions,
  campaignId: string,
): Promise<Response> => {
  const campaign = await retiredCampaigns.read(campaignId)
  if (campaign === undefined) return problem('recovering', recovering)
  if (rehearsedCampaign(campaign) !== undefined) return unknownCampaign()
  const { granted } = campaign.retired
  const moment = { state: 'closed' as const, stock: campaign.stock, granted, nowMs: registry.gateNowMs() }
  return new Response(formatEvent(campaignEvent({ ...campaign, granted }, campaign, moment)), {
    headers: eventStreamHeaders,
  })
}

/** The greatest age of the first event. Listeners that come within this time share one read. */
const ageMaxMs = 1_000

/** Without Redis a stream of a known campaign begins with what is known. */
const lookUp = (registry: Registry, campaignId: string): Promise<FoundCampaign> =>
  registry.refresh(campaignId, ageMaxMs).catch((cause: unknown) => {
    const campaign = registry.known(campaignId)
    if (campaign === undefined) throw cause
    return { kind: 'live', campaign }
  })

const answerStream = async (
  options: CampaignEventsOptions,
  { env }: HttpContext,
  campaignId: string,
  leave: () => void,
): Promise<Response> => {
  const { registry, hub } = options
  const { incoming, outgoing } = env
  const found = await lookUp(registry, campaignId)
  if (found.kind === 'unknown') return unknownCampaign()
  if (found.kind === 'live' && rehearsedCampaign(found.campaign.view.document) !== undefined)
    return unknownCampaign()
  if (found.kind === 'recovering') return problem('recovering', recovering)
  const lastEventId = headerOf({ env }, 'last-event-id')
  // 204 is what keeps a browser from coming back.
  if (isOfClosed(lastEventId)) return new Response(null, { status: 204, headers: noStoreHeaders })
  if (found.kind === 'retired') return answerRetired(options, campaignId)
  if (incoming.method === 'HEAD') return new Response(null, { headers: eventStreamHeaders })
  hub.listen(campaignId, {
    ...{ incoming, outgoing, onClosed: leave },
    has: (id) => knowsAsMuch(lastEventId, id),
  })
  return alreadySent
}

/**
 * The public facts of a campaign as they change, as server-sent events. A stream is written past the
 * application, to the response of Node. At 15,000 connections that took half the memory of a web stream, and
 * a third of its time.
 */
export const campaignEventsRoute = (options: CampaignEventsOptions): Route => ({
  method: 'GET',
  path: '/v1/campaigns/:campaignId/events',
  lane: 'stream',
  caller: 'anyone',
  operation: {
    id: 'listenToCampaign',
    summary: 'The public facts of a campaign, as they change',
    description:
      'Server-sent events: one when the stream begins, then one a second at most. Events that only tell another ' +
      'stock come less often when thousands listen. A client that comes back sends the `id` of its last event as `Last-Event-ID`. After an event `closed` nothing follows, and the stream ends. When ' +
      'there is no place for a stream, ask for the campaign instead.',
    headers: {
      'Last-Event-ID': z
        .string()
        .optional()
        .describe('The `id` of the last event that came. Any other value counts as none.'),
    },
    answers: {
      200: { description: 'The stream.', schema: campaignEventShape, mediaType: 'text/event-stream' },
      204: { description: 'The campaign is closed, as the client knows: it need not come back.' },
    },
    problems: ['unknown-campaign', 'recovering', 'unavailable'],
  },
  async handle(context) {
    const campaignId = context.req.param('campaignId') ?? ''
    if (!idPattern.test(campaignId)) return unknownCampaign()
    const leave = options.places.take(context.env.incoming)
    if (leave === 'full') return noPlace()
    if (leave === 'full-for-client') return noPlaceForAddress()
    let answer: Response | undefined
    try {
      answer = await answerStream(options, context, campaignId, leave)
      return answer
    } finally {
      // A stream gives its place back when it ends.
      if (answer !== alreadySent) leave()
    }
  },
})
