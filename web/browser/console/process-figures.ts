import type { ConsoleFrame, ConsoleProcess } from '../../../client/contract-types.ts'
import { limitMs } from './press-durations.ts'

/** What all processes did together until a frame. Null: not known yet. */
export type ProcessFigures = {
  /** Answers a second by outcome. */
  outcomes: ReadonlyMap<string, number> | null
  /** Rows a second, of all workers. */
  rows: number | null
  /** Presses since the frame before, by the upper end of their bucket. */
  presses: ReadonlyMap<number, number>
}

type Rates = { outcomes: ReadonlyMap<string, number>; rows: number }
type Known = { process: ConsoleProcess; atMs: number; rates: Rates | undefined }

/** A process that was not in a frame for longer has ended; a Redis that fails over takes less. */
const forgottenMs = 15_000

const addTo = <Key>(sums: Map<Key, number>, key: Key, amount: number): void =>
  void sums.set(key, (sums.get(key) ?? 0) + amount)

/** Counts only grow while a process lives, so what falls is never shown. */
const grown = (now: number, before = 0): number => Math.max(0, now - before)

const ratesBetween = (before: ConsoleProcess, after: ConsoleProcess, passedMs: number): Rates => ({
  outcomes: new Map(
    Object.entries(after.outcomes).map(([name, count]) => [
      name,
      (grown(count, before.outcomes[name]) * 1_000) / passedMs,
    ]),
  ),
  rows: (grown(after.rows, before.rows) * 1_000) / passedMs,
})

/**
 * Adds up processes from frame to frame. Each one is compared with what it said before, by its own time. So a
 * process that starts counts from its second sample on, and one that ends takes nothing with it. One that
 * said nothing new goes on at its pace.
 */
export const createProcessFigures = () => {
  const known = new Map<string, Known>()
  return {
    add({ processes, serverTime }: ConsoleFrame): ProcessFigures {
      const presses = new Map<number, number>()
      const shown: Rates[] = []
      for (const process of processes) {
        const before = known.get(process.id)
        const atMs = Date.parse(process.sampledAt)
        let rates = before?.rates
        if (before !== undefined && atMs > before.atMs) {
          rates = ratesBetween(before.process, process, atMs - before.atMs)
          const countBefore = new Map(before.process.issueDurations.map(({ le, count }) => [le, count]))
          for (const { le, count } of process.issueDurations)
            addTo(presses, limitMs(le), grown(count, countBefore.get(le)))
        }
        if (before === undefined || atMs > before.atMs) known.set(process.id, { process, atMs, rates })
        if (rates !== undefined) shown.push(rates)
      }
      for (const [id, { atMs }] of known) if (Date.parse(serverTime) - atMs > forgottenMs) known.delete(id)
      if (shown.length === 0) return { outcomes: null, rows: null, presses }
      const outcomes = new Map<string, number>()
      for (const rates of shown) for (const [name, rate] of rates.outcomes) addTo(outcomes, name, rate)
      return { outcomes, rows: shown.reduce((sum, { rows }) => sum + rows, 0), presses }
    },
  }
}
