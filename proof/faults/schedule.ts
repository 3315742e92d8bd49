import { between, pick, type Random, shuffle } from './random.ts'

/** The five parts of the stack that are killed, and the links between them. */
export type StackPart = 'api' | 'worker' | 'redis' | 'kafka' | 'mysql' | 'link'

/** What a schedule needs to know of a kind of fault. */
export type FaultShape = {
  /** Its name on the command line and in reports: `redis-empty`. */
  name: string
  part: StackPart
  /** Whether SIGKILL is part of it. */
  isKill: boolean
  /** From strike to heal: the least and the most. */
  lastsMs: readonly [number, number]
  /** It cannot strike a stack with one broker. */
  needsThreeBrokers?: true
}

/** A fault before it strikes. */
export type PlannedFault = {
  kind: string
  lastsMs: number
  /**
   * Two numbers from 0 to below 1, for what its kind decides by chance: which process, which link, how much.
   */
  chances: readonly [number, number]
}

/** Faults that strike together, `afterMs` after the end of the moment before. */
export type PlannedMoment = { afterMs: number; faults: readonly PlannedFault[] }

const killsInOneRound = 5
const othersInOneRound = [3, 5] as const
const faultsInOneMomentMax = 2
// Faults beyond the first `min` join their moments. A gap is the time from the end of one moment to the next.
const moments = { min: 5, gapMinMs: 100, gapMaxMs: 900 }

/** `count` parts in random order, each equally often. */
const dealParts = (random: Random, parts: readonly StackPart[], count: number): StackPart[] => {
  const dealt: StackPart[] = []
  while (parts.length > 0 && dealt.length < count) dealt.push(...shuffle(random, parts))
  return dealt.slice(0, count)
}

const plan = (random: Random, { name, lastsMs }: FaultShape): PlannedFault => ({
  kind: name,
  lastsMs: Math.round(between(random, ...lastsMs)),
  chances: [random(), random()],
})

/** Faults by moment: one each, and the others join a moment without a fault of the same part. */
const intoMoments = (faults: readonly { part: StackPart; fault: PlannedFault }[]): PlannedFault[][] => {
  const filled = faults.slice(0, moments.min).map((one) => [one])
  for (const one of faults.slice(moments.min)) {
    const free = filled.find(
      (others) => others.length < faultsInOneMomentMax && others.every(({ part }) => part !== one.part),
    )
    if (free === undefined) filled.push([one])
    else free.push(one)
  }
  return filled.map((others) => others.map(({ fault }) => fault))
}

/**
 * Plans one round: five kills, one of each part where `kinds` has them all, and three to five other faults.
 * They strike at five or more moments. So a run kills every part equally often. The same `random` and `kinds`
 * give the same plan.
 */
export const planRound = (random: Random, kinds: readonly FaultShape[]): PlannedMoment[] => {
  const kills = kinds.filter(({ isKill }) => isKill)
  const others = kinds.filter(({ isKill }) => !isKill)
  const killed = dealParts(random, [...new Set(kills.map(({ part }) => part))], killsInOneRound).map((part) =>
    pick(
      random,
      kills.filter((kind) => kind.part === part),
    ),
  )
  const [othersMin, othersMax] = othersInOneRound
  const wanted = killed.length === 0 ? killsInOneRound : Math.floor(between(random, othersMin, othersMax + 1))
  const troubled = others.length === 0 ? [] : Array.from({ length: wanted }, () => pick(random, others))
  const faults = shuffle(random, [...killed, ...troubled]).map((kind) => ({
    part: kind.part,
    fault: plan(random, kind),
  }))
  return intoMoments(faults).map((struck) => ({
    afterMs: Math.round(between(random, moments.gapMinMs, moments.gapMaxMs)),
    faults: struck,
  }))
}
