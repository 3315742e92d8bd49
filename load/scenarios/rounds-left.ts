/** What `roundsLeft` is told. */
type RoundsProgress = { count: number; done: number; elapsedMs: number; sinceLastMs: number }

/** `40 s`, `3 min`: an estimate has no more digits. */
const roughly = (ms: number): string =>
  ms < 90_000 ? `${Math.max(10, Math.round(ms / 10_000) * 10)} s` : `${Math.round(ms / 60_000)} min`

/**
 * `round 3 of 7, about 2 min left`. The estimate is the mean of the rounds that are done; before the first
 * one is, there is none. `sinceLastMs` is how long the present round has taken so far.
 */
export const roundsLeft = ({ count, done, elapsedMs, sinceLastMs }: RoundsProgress): string => {
  const round = `round ${Math.min(count, done + 1)} of ${count}`
  if (done === 0) return round
  const eachMs = (elapsedMs - sinceLastMs) / done
  return `${round}, about ${roughly(Math.max(0, (count - done) * eachMs - sinceLastMs))} left`
}
