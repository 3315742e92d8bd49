import { z } from 'zod'
import { publicFields } from './campaign-shapes.ts'
import { named } from './named-schema.ts'

const { state, stock, remaining, opensAt, closesAt, soldOutAt, serverTime } = publicFields

/** The data of one event of a campaign. */
export const campaignEventShape = named(
  'CampaignEvent',
  z
    .object({ state, stock, remaining, opensAt, closesAt, soldOutAt, serverTime })
    .describe(
      'The `data` of each event of the stream. Its type is `campaign`, or `closed` for the last one. Its `id` is ' +
        'opaque.',
    ),
)
