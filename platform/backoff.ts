import { setTimeout as pass } from 'node:timers/promises'

export type Wait = (milliseconds: number) => Promise<void>

/** Waits before try number `attempt` (from 1): doubling from `firstMs` up to `maxMs`, with jitter of a quarter either way. */
export const backoff = (attempt: number, firstMs: number, maxMs: number, wait: Wait = pass): Promise<void> =>
  wait(Math.min(maxMs, firstMs * 2 ** Math.min(attempt - 1, 20)) * (0.75 + Math.random() / 2))
