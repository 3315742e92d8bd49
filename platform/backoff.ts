import { setTimeout as sleep } from 'node:timers/promises'

/** Resolves after this time. Tests pass their own. */
export type Wait = (milliseconds: number) => Promise<void>

/**
 * Waits after failed attempt number `attempt` (from 1). The wait doubles from `firstMs` up to `maxMs`, with a
 * jitter of a quarter either way.
 */
export const backoff = (attempt: number, firstMs: number, maxMs: number, wait: Wait = sleep): Promise<void> =>
  wait(Math.min(maxMs, firstMs * 2 ** Math.min(attempt - 1, 20)) * (0.75 + Math.random() / 2))
