import { okWhen, type ReadResult, type Requirement, whenRead } from './finding.ts'

/**
 * How far a server's clock is ahead of this machine's; uncertain by half of the time that the question took.
 */
export type ClockOffset = { aheadMs: number; uncertainMs: number }

const offsetMaxMs = 1_000

/** Asks a server for its time, in milliseconds since 1970, and compares it with ours. */
export const readClockOffset = async (
  askMs: () => Promise<number>,
  now: () => number,
): Promise<ClockOffset> => {
  const askedAtMs = now()
  const serverMs = await askMs()
  const answeredAtMs = now()
  return { aheadMs: serverMs - (askedAtMs + answeredAtMs) / 2, uncertainMs: (answeredAtMs - askedAtMs) / 2 }
}

/** The server's clock and this machine's show the same time. */
export const clockRequirement = <Reading extends { clock: ReadResult<ClockOffset> }>(
  why: string,
): Requirement<Reading> => ({
  name: 'clock',
  expected: `at most ${offsetMaxMs} ms from the clock of this machine`,
  fix: 'run an NTP client (chrony, systemd-timesyncd) on both machines; `timedatectl` shows its state',
  why,
  assess: ({ clock }) =>
    whenRead(clock, ({ aheadMs, uncertainMs }) => {
      const direction = aheadMs < 0 ? 'behind' : 'ahead'
      const found = `${Math.abs(Math.round(aheadMs))} ms ${direction}, ± ${Math.ceil(uncertainMs)} ms`
      return okWhen(Math.abs(aheadMs) - uncertainMs <= offsetMaxMs, found, 'warning')
    }),
})
