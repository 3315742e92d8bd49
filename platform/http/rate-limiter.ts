import { randomInt } from 'node:crypto'

/** The requests that each key may make in a time, in a table of fixed size. */
export type RateLimiter = {
  /**
   * Takes a token of this key, and returns what `giveBack` needs. `noToken` when the key has none left: then
   * nothing is taken.
   */
  take(key: string, nowMs: number): number
  /** Puts a token back that was taken a moment ago. */
  giveBack(token: number): void
}

export type RateLimiterOptions = {
  /** Tokens that a key gets each second. */
  perSecond: number
  /** Tokens that a key has when it rested. */
  burst: number
  /** Keys that are told apart at once: a power of two. */
  slots: number
}

/** What `take` returns when there is no token. */
export const noToken = -1

/** Places in which a key can stand. */
const ways = 4

/** The last step of MurmurHash3: every bit of the result depends on every bit that was put in. */
const mix = (hash: number): number => {
  const half = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  const most = Math.imul(half ^ (half >>> 13), 0xc2b2ae35)
  return most ^ (most >>> 16)
}

/**
 * A token bucket for each key, as the moment when it is full again (GCRA): one number, and no timer. Two
 * hashes stand for a key, so it costs 12 bytes whatever its length. Their seeds are secret: nobody can choose
 * a key that meets another. A key without a place takes that of the fullest bucket of four. A full bucket
 * loses nothing by it, and a caller who takes a lot is forgotten last.
 */
export const createRateLimiter = ({ perSecond, burst, slots }: RateLimiterOptions): RateLimiter => {
  const [places, names] = [randomInt(2 ** 32), randomInt(2 ** 32)]
  const marks = new Int32Array(slots)
  const fullAtMs = new Float64Array(slots)
  const lastSet = slots / ways - 1
  const intervalMs = 1_000 / perSecond
  // Sums of an interval are not exact.
  const debtMsMax = (burst - 1 + 1e-6) * intervalMs

  return {
    take(key, nowMs) {
      let [place, mark] = [places, names]
      for (let at = 0; at < key.length; at += 1) {
        const code = key.charCodeAt(at)
        place = Math.imul(place ^ code, 0x01000193)
        mark = Math.imul(mark ^ code, 0x5bd1e995)
      }
      mark = mix(mark)
      const first = (mix(place) & lastSet) * ways
      let slot = first
      let isKnown = false
      for (let at = first; at < first + ways; at += 1) {
        if (marks[at] === mark) {
          slot = at
          isKnown = true
          break
        }
        if ((fullAtMs[at] ?? 0) < (fullAtMs[slot] ?? 0)) slot = at
      }
      const fullMs = isKnown ? Math.max(fullAtMs[slot] ?? 0, nowMs) : nowMs
      if (fullMs - nowMs > debtMsMax) return noToken
      marks[slot] = mark
      fullAtMs[slot] = fullMs + intervalMs
      return slot
    },
    giveBack(token) {
      fullAtMs[token] = (fullAtMs[token] ?? 0) - intervalMs
    },
  }
}
