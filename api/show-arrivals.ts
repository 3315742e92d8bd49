import { type ArrivalStamps, arrivalHeader, formatArrivalStamp } from '../platform/http/arrival-stamp.ts'
import type { Application, Bindings } from './route.ts'

/** Wraps an application: an answer says when its request arrived. For load runs that look at fairness. */
export const showArrivals = (app: Application, stamps: ArrivalStamps): Application => ({
  fetch(request, env) {
    const { incoming, outgoing } = env as Bindings
    const stamp = stamps.of(incoming)
    if (stamp !== undefined) outgoing.setHeader(arrivalHeader, formatArrivalStamp(stamp))
    return app.fetch(request, env)
  },
})
