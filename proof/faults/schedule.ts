import { between, pick, type Random, shuffle } from './random.ts'

/** The five parts of the stack that are killed. */
export type ServingPart = 'api' | 'worker' | 'redis' | 'kafka' | 'mysql'

/** What a fault strikes: a part, the links between them, or the campaign, which operators change. */
export type StackPart = ServingPart | 'link' | 'campaign'

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
  /** It ends the sale: it strikes once at most, in the last of the moments that every round has. */
  endsSale?: true
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

/**
 * `count` kinds, of which one at most ends the sale unless all of them do. The first is a change by an
 * operator where `kinds` has one, so that every round has a sale that is changed.
 */
const pickOthers = (random: Random, kinds: readonly FaultShape[], count: number): FaultShape[] => {
  const repeatable = kinds.filter(({ endsSale }) => !endsSale)
  const changes = repeatable.filter(({ part }) => part === 'campaign')
  const picked = changes.length === 0 ? [] : [pick(random, changes)]
  while (picked.length < count) {
    const isEnding = repeatable.length === 0 || !picked.some(({ endsSale }) => endsSale)
    picked.push(pick(random, isEnding ? kinds : repeatable))
  }
  return picked
}

/** What ends the sale stands where the last moment is begun; faults behind it join moments before. */
const endingLast = (kinds: readonly FaultShape[]): FaultShape[] => {
  const others = kinds.filter(({ endsSale }) => !endsSale)
  const ending = kinds.filter(({ endsSale }) => endsSale)
  return others.toSpliced(moments.min - 1, 0, ...ending)
}

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
  const troubled = others.length === 0 ? [] : pickOthers(random, others, wanted)
  const faults = endingLast(shuffle(random, [...killed, ...troubled])).map((kind) => ({
    part: kind.part,
    fault: plan(random, kind),
  }))
  return intoMoments(faults).map((struck) => ({
    afterMs: Math.round(between(random, moments.gapMinMs, moments.gapMaxMs)),
    faults: struck,
  }))
}
