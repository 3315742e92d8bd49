import type { Registry } from '../coupon/campaigns/registry.ts'
import type { RefusedFor } from '../platform/http/request-limiter.ts'
import type { HttpServer } from '../platform/http/server.ts'
import type { Logger } from '../platform/log/logger.ts'
import type { Count } from '../platform/metrics/family.ts'
import { type Metrics, waitBounds } from '../platform/metrics/metrics.ts'
import type { Application, Bindings } from './route.ts'

/** The route of health checks, 404, 405 and refusals, so that unknown addresses add no series. */
const otherRoute = 'other'

type AnswerCounts = (status: number, seconds: number) => void

/**
 * Wraps an application: counts every answer by route and status, and times it until it is handed to Node. It
 * does not see a client that disconnects meanwhile or reads slowly.
 */
export const measureAnswers = (
  app: Application,
  metrics: Metrics,
  monotonicMs: () => number,
): Application => {
  const answers = metrics.counter({
    name: 'firstcome_http_answers_total',
    help: 'HTTP answers by route and status. `other` is health, 404, 405 and what was refused before its route.',
    labels: ['route', 'status'],
  })
  const durations = metrics.histogram({
    name: 'firstcome_http_answer_duration_seconds',
    help: 'Time from when the application gets a request until its answer, without queue and network.',
    labels: ['route'],
    bounds: waitBounds,
  })
  const createCounts = (route: string): AnswerCounts => {
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
  const byRoute = new Map<string, AnswerCounts>()
  const countsOf = (route: string): AnswerCounts => {
    const known = byRoute.get(route)
    if (known !== undefined) return known
    const counts = createCounts(route)
    byRoute.set(route, counts)
    return counts
  }

  const fetch = (request: Request, bindings: Bindings): Response | Promise<Response> => {
    const startedAtMs = monotonicMs()
    const answer = app.fetch(request, bindings)
    const count = ({ status }: Response): void =>
      countsOf(bindings.route ?? otherRoute)(status, (monotonicMs() - startedAtMs) / 1_000)
    // The application never rejects. Not awaited, so that no answer waits for its count.
    if (answer instanceof Promise) void answer.then(count, () => undefined)
    else count(answer)
    return answer
  }
  return { fetch: (request, bindings) => fetch(request, bindings as Bindings) }
}

/** Counts requests whose client disconnected while they waited. */
export const countDisconnected = (metrics: Metrics): (() => void) => {
  const disconnected = metrics.counter({
    name: 'firstcome_http_requests_left_total',
    help: 'Requests whose client disconnected while they waited. They were not processed.',
  })()
  return () => disconnected.add(1)
}

type RefusalReason = RefusedFor | 'rate-of-user'

const refusalReasons: Record<RefusalReason, true> = {
  'connections-of-client': true,
  'requests-of-client': true,
  'rate-of-client': true,
  'rate-of-user': true,
  'requests-of-connection': true,
}

/** Counts what was refused because one client has too much. Warns once of an address at its bound. */
export const countRefused = (metrics: Metrics, log: Logger): ((reason: RefusalReason) => void) => {
  const family = metrics.counter({
    name: 'firstcome_http_refused_total',
    help: 'What was refused because one address, user or connection has too much at once, or asks too fast, by what it has too much of.',
    labels: ['reason'],
  })
  const counts = Object.fromEntries(Object.keys(refusalReasons).map((reason) => [reason, family(reason)]))
  let hasWarned = false
  return (reason) => {
    counts[reason]?.add(1)
    if (hasWarned || reason === 'requests-of-connection' || reason === 'rate-of-user') return
    hasWarned = true
    log.warn({ reason }, 'an address is at its bound: if it is that of a proxy, set TRUSTED_PROXIES')
  }
}

/** Exposes the streams of campaign events, and returns what counts the events that a listener missed. */
export const measureListeners = (metrics: Metrics, listeners: () => number): (() => void) => {
  metrics.gauge({
    name: 'firstcome_event_listeners',
    help: 'Open streams of campaign events. The limit is LISTENERS_MAX per process.',
    read: listeners,
  })
  const missed = metrics.counter({
    name: 'firstcome_events_missed_total',
    help: 'Events that were not written to a listener, because it had not read what came before.',
  })()
  return () => missed.add(1)
}

/** Exposes the open connections and the known campaigns of this process. */
export const showServer = (
  { server, registry }: { server: Pick<HttpServer, 'connections'>; registry: Pick<Registry, 'live'> },
  metrics: Metrics,
): void => {
  metrics.gauge({
    name: 'firstcome_http_connections',
    help: 'Open connections. The limit is CONNECTIONS_MAX per process.',
    read: server.connections,
  })
  metrics.gauge({
    name: 'firstcome_live_campaigns',
    help: 'Live campaigns that the API knows.',
    aggregate: 'max',
    read: () => registry.live().length,
  })
}
