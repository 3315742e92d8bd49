import type { Count } from '../platform/metrics/family.ts'
import type { HttpServer } from '../platform/http/server.ts'
import { type Metrics, waitBounds } from '../platform/metrics/metrics.ts'
import type { Registry } from '../coupon/campaigns/registry.ts'
import type { Bindings, Application } from './route.ts'

/** Health routes, 404 and 405: whoever asks for nothing of ours adds no series. */
const otherRoute = 'other'

type AnswerCounts = (status: number, seconds: number) => void

/**
 * The same application, with every answer counted by route and status, and timed until it was handed to Node. That a caller
 * went away meanwhile, or reads slowly, is not seen here.
 */
export const measureAnswers = (app: Application, metrics: Metrics, monotonicMs: () => number): Application => {
  const answers = metrics.counter({
    name: 'firstcome_http_answers_total',
    help: 'HTTP answers by route and status; other is health, 404 and 405.',
    labels: ['route', 'status'],
  })
  const durations = metrics.histogram({
    name: 'firstcome_http_answer_duration_seconds',
    help: 'Time from the turn of a request to its answer, without the time on the wire.',
    labels: ['route'],
    bounds: waitBounds,
  })
  const createTally = (route: string): AnswerCounts => {
    const duration = durations(route)
    const byStatus = new Map<number, Count>()
    return (status, seconds) => {
      const known = byStatus.get(status)
      const count = known ?? answers(route, String(status))
      if (known === undefined) byStatus.set(status, count)
      count.add(1)
      duration.observe(seconds)
    }
  }
  const tallies = new Map<string, AnswerCounts>()
  const tallyOf = (route: string): AnswerCounts => {
    const known = tallies.get(route)
    if (known !== undefined) return known
    const tally = createTally(route)
    tallies.set(route, tally)
    return tally
  }

  const fetch = (request: Request, bindings: Bindings): Response | Promise<Response> => {
    const startedAtMs = monotonicMs()
    const answer = app.fetch(request, bindings)
    const note = ({ status }: Response): void =>
      tallyOf(bindings.route ?? otherRoute)(status, (monotonicMs() - startedAtMs) / 1_000)
    // The application turns every fault into an answer; beside it and not before it, so that nobody waits.
    if (answer instanceof Promise) void answer.then(note, () => undefined)
    else note(answer)
    return answer
  }
  return { fetch: (request, bindings) => fetch(request, bindings as Bindings) }
}

/** Counts requests whose caller hung up before their turn came. */
export const countDisconnected = (metrics: Metrics): (() => void) => {
  const left = metrics.counter({
    name: 'firstcome_http_requests_left_total',
    help: 'Requests whose caller hung up before their turn came; nobody looked at them.',
  })()
  return () => left.add(1)
}

/** What this process has open, and what it knows. */
export const showServer = (
  { server, registry }: { server: Pick<HttpServer, 'connections'>; registry: Pick<Registry, 'live'> },
  metrics: Metrics,
): void => {
  metrics.gauge({
    name: 'firstcome_http_connections',
    help: 'Connections that are open; the bound is CONNECTIONS_MAX a process.',
    read: server.connections,
  })
  metrics.gauge({
    name: 'firstcome_live_campaigns',
    help: 'Live campaigns that the API knows.',
    aggregate: 'max',
    read: () => registry.live().length,
  })
}
