import { createRandom } from './random.ts'
import type { FaultShape } from './schedule.ts'

/**
 * True when one of the words names this fault by its part (`redis`), its action (`kill`) or in full
 * (`redis-kill`).
 */
export const isChosen = (kind: string, only: readonly string[]): boolean =>
  only.length === 0 ||
  only.some((word) => kind === word || kind.startsWith(`${word}-`) || kind.endsWith(`-${word}`))

/** The words of `--only` that name no fault. */
export const unknownWords = (kinds: readonly string[], only: readonly string[]): string[] =>
  only.filter((word) => !kinds.some((kind) => isChosen(kind, [word])))

/**
 * How many brokers a run has: three when all of its kinds need them, otherwise with every third seed. One
 * broker that is killed takes all of Kafka with it, and three need three times the memory and processor.
 */
export const brokersOf = (seed: string, kinds: readonly FaultShape[]): 1 | 3 => {
  const needing = kinds.filter(({ needsThreeBrokers }) => needsThreeBrokers)
  if (needing.length === 0) return 1
  return needing.length === kinds.length || createRandom(`${seed} brokers`)() < 1 / 3 ? 3 : 1
}

/** The kinds that can strike a run with this many brokers. */
export const strikingOn = <Kind extends FaultShape>(brokers: 1 | 3, kinds: readonly Kind[]): Kind[] =>
  kinds.filter(({ needsThreeBrokers }) => brokers === 3 || !needsThreeBrokers)

/** All faults for `--help`, one line for each part. */
export const faultLines = (kinds: readonly string[]): string[] =>
  [...Map.groupBy(kinds, (kind) => kind.split('-')[0] ?? kind)].map(
    ([part, ofPart]) => `  ${part.padEnd(7)} ${ofPart.join(' ')}`,
  )
