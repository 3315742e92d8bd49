import { Hono } from 'hono'

/** A condition that must hold before a process is ready. */
export type ReadinessCheck = {
  name: string
  isReady(): boolean
  /** Why it is not ready, in words; `waiting` when left out. */
  waitsFor?(): string
  /** It only says how it is: the process is ready all the same. */
  isNotice?: true
}

/**
 * `/livez` answers 200 while the process runs. `/readyz` answers 200 when every check is ready, notices
 * aside, and the process is not stopping. Otherwise it answers 503. Both name the state of each check, which
 * runs at every request.
 */
export const createHealthRoutes = (
  checks: readonly ReadinessCheck[],
  isStopping: () => boolean = () => false,
) =>
  new Hono()
    .get('/livez', (context) => context.json({ status: 'live' }, 200, { 'Cache-Control': 'no-store' }))
    .get('/readyz', (context) => {
      const states = Object.fromEntries(
        checks.map(({ name, isReady: ready, waitsFor }) => [
          name,
          ready() ? 'ready' : (waitsFor?.() ?? 'waiting'),
        ]),
      )
      const ready = checks.every((check) => check.isNotice === true || check.isReady())
      const status = isStopping() ? 'stopping' : ready ? 'ready' : 'waiting'
      return context.json({ status, checks: states }, status === 'ready' ? 200 : 503, {
        'Cache-Control': 'no-store',
      })
    })
