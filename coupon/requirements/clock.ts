import { type Requirement, type Told, warn, ok, whenTold } from './finding.ts'

/** How far a server's clock is ahead of this machine's, and half the time that asking took: it is no better known. */
export type Clock = { aheadMs: number; uncertainMs: number }

const skewMaxMs = 1_000

/** Asks a server for its time, in milliseconds since 1970, and compares. */
export const readClock = async (askMs: () => Promise<number>, now: () => number): Promise<Clock> => {
  const askedAtMs = now()
  const serverMs = await askMs()
  const answeredAtMs = now()
  return { aheadMs: serverMs - (askedAtMs + answeredAtMs) / 2, uncertainMs: (answeredAtMs - askedAtMs) / 2 }
}

/** That a server's clock and this machine's tell the same time. */
export const clockRequirement = <Reading extends { clock: Told<Clock> }>(
  why: string,
): Requirement<Reading> => ({
  name: 'clock',
  expected: `at most ${skewMaxMs} ms from the clock of this machine`,
  mend: 'run an NTP client (chrony, systemd-timesyncd) on both machines; `timedatectl` says whether one is in step',
  why,
  judge: ({ clock }) =>
    whenTold(clock, ({ aheadMs, uncertainMs }) => {
      const found = `${Math.abs(Math.round(aheadMs))} ms ${aheadMs < 0 ? 'behind' : 'ahead'}, give or take ${Math.ceil(uncertainMs)}`
      return Math.abs(aheadMs) - uncertainMs > skewMaxMs ? warn(found) : ok(found)
    }),
})
