import type { TimelineReader } from '../../coupon/ledger/sale-timeline.ts'
import type { Authenticator } from '../authenticator.ts'
import { timelineShape, toTimelineJson } from '../contract/timeline-shape.ts'
import { jsonResponse, noStoreHeaders } from '../json-response.ts'
import { noCampaign } from '../problem.ts'
import type { Route } from '../route.ts'

export type TimelineOptions = { readTimeline: TimelineReader; authenticator: Authenticator }

/** What happened in a sale, for an operator. Of the ledger alone: also while Redis is lost, and for good. */
export const timelineRoute = ({ readTimeline, authenticator }: TimelineOptions): Route => ({
  method: 'GET',
  path: '/v1/admin/campaigns/:campaignId/timeline',
  lane: 'ledger',
  caller: 'viewer',
  operation: {
    id: 'readTimeline',
    summary: 'What happened in a sale, to the millisecond',
    description:
      'Milestones, changes, and a curve of at most 600 grants, from the database alone. It costs the same however ' +
      'many winners there are. Refusals are not recorded, so none is in it.',
    answers: { 200: { description: 'What happened so far.', schema: timelineShape } },
    problems: ['unknown-campaign', 'unavailable'],
  },
  handle: authenticator.requireRole('viewer', async (context) => {
    const timeline = await readTimeline(context.req.param('campaignId') ?? '')
    return timeline === undefined ? noCampaign() : jsonResponse(toTimelineJson(timeline), 200, noStoreHeaders)
  }),
})
