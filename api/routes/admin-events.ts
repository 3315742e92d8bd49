import { z } from 'zod'
import { idPattern } from '../../coupon/grant.ts'
import { alreadySent } from '../../platform/http/already-sent.ts'
import type { EventHub } from '../../platform/http/event-hub.ts'
import { eventStreamHeaders } from '../../platform/http/event-listener.ts'
import type { EventPlaces } from '../../platform/http/event-places.ts'
import type { Authenticator } from '../authenticator.ts'
import { consoleFrameShape } from '../contract/console-frame-shape.ts'
import { readParameter } from '../contract/query-parameter.ts'
import type { ConsoleFrames } from '../events/console-frames.ts'
import { type WatchedCampaigns, watchedCampaignsMax } from '../events/watched-campaigns.ts'
import { invalidProblem, prepareProblem } from '../problem.ts'
import type { Route } from '../route.ts'

/** The topic of consoles. No campaign has such an id. */
export const consoleTopic = 'console'

/** Consoles of one process at once. */
export const consolesMax = 100

export type AdminEventsOptions = {
  authenticator: Authenticator
  hub: EventHub
  consolePlaces: EventPlaces
  consoleFrames: ConsoleFrames
  watchedCampaigns: Pick<WatchedCampaigns, 'add'>
  /** By which tokens expire. */
  now(): number
}

const noPlace = prepareProblem('overloaded', `This process has ${consolesMax} consoles already.`)

/** All that a console shows, once a second, as server-sent events. Read with fetch, which sends the token. */
export const adminEventsRoute = (options: AdminEventsOptions): Route => ({
  method: 'GET',
  path: '/v1/admin/events',
  lane: 'stream',
  caller: 'viewer',
  operation: {
    id: 'watchSystem',
    summary: 'All that a console shows, once a second',
    description:
      'Server-sent events, to be read with `fetch`: an `EventSource` sends no token. Each event is a whole frame, made ' +
      'once for all consoles of the process. The stream ends when the token expires.',
    query: {
      campaign: z
        .string()
        .regex(idPattern)
        .optional()
        .describe(
          `A campaign to watch: frames show it also when others are more active, ${watchedCampaignsMax} such campaigns at most.`,
        ),
    },
    answers: {
      200: { description: 'The stream.', schema: consoleFrameShape, mediaType: 'text/event-stream' },
    },
    problems: [],
  },
  handle: options.authenticator.requireRole('viewer', async (context, _operator, expiresAtMs) => {
    const { incoming, outgoing } = context.env
    const campaignId = readParameter(context, 'campaign')
    if (campaignId !== undefined && !idPattern.test(campaignId))
      return invalidProblem([{ pointer: '/campaign', message: 'expected the id of one campaign' }])
    if (incoming.method === 'HEAD') return new Response(null, { headers: eventStreamHeaders })
    const leavePlace = options.consolePlaces.take(incoming)
    if (typeof leavePlace === 'string') return noPlace()
    const leaveCampaign = campaignId === undefined ? undefined : options.watchedCampaigns.add(campaignId)
    const leave = (): void => {
      leavePlace()
      leaveCampaign?.()
    }
    try {
      await options.consoleFrames.ready()
    } catch (cause) {
      leave()
      throw cause
    }
    options.hub.listen(consoleTopic, {
      ...{ incoming, outgoing, has: () => false, onClosed: leave },
      isOver: expiresAtMs === undefined ? undefined : () => options.now() >= expiresAtMs,
    })
    return alreadySent
  }),
})
