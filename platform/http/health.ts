import { Hono } from 'hono'

/** One thing that has to be so before a process is ready; `false` or a text says what is missing. */
export type ReadinessCheck = {
  name: string
  isReady(): boolean
  /** What it waits for, in words. */
  waitsFor?(): string
}

/**
 * `/livez`: the process runs. `/readyz`: 200 when every check holds and the process stays, else 503; it names the checks.
 * All of it is asked at every request.
 */
export const createHealthRoutes = (
  checks: readonly ReadinessCheck[],
  isStopping: () => boolean = () => false,
) =>
  new Hono()
    .get('/livez', (context) => context.json({ status: 'live' }, 200, { 'Cache-Control': 'no-store' }))
    .get('/readyz', (context) => {
      const states = Object.fromEntries(
        checks.map(({ name, isReady: ready, waitsFor }) => [name, ready() ? 'ready' : (waitsFor?.() ?? 'waiting')]),
      )
      const ready = checks.every((check) => check.isReady())
      const status = isStopping() ? 'stopping' : ready ? 'ready' : 'waiting'
      return context.json({ status, checks: states }, status === 'ready' ? 200 : 503, {
        'Cache-Control': 'no-store',
      })
    })
