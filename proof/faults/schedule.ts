import { between, pick, type Random, shuffle } from './random.ts'

/** The five parts that are killed, and the links between them. */
export type StackPart = 'api' | 'worker' | 'redis' | 'kafka' | 'mysql' | 'link'

/** What a schedule has to know of a kind of fault. */
export type FaultShape = {
  /** As the command line and the report name it: `redis-empty`. */
  name: string
  part: StackPart
  /** It kills a process with SIGKILL, on the way or as all of it. */
  isKill: boolean
  /** From strike to heal, at the least and at the most. */
  lastsMs: readonly [number, number]
}

/** One fault to come. */
export type PlannedFault = {
  kind: string
  lastsMs: number
  /** Two numbers from 0 to below 1 for whatever its kind decides by chance: which process, which link, how much. */
  chances: readonly [number, number]
}

/** Faults that strike together, `afterMs` after the moment before was over. */
export type PlannedMoment = { afterMs: number; faults: readonly PlannedFault[] }

const killsInOneRound = 5
const othersInOneRound = [2, 3] as const
const faultsInOneMomentMax = 2
// Faults beyond the first `min` join those; a gap is from the end of one moment to the next.
const moments = { min: 5, gapMinMs: 100, gapMaxMs: 900 }

/** As many of `parts` as are wanted, each as often as the others, in an order of chance. */
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

/** Faults by moment: everyone has one, and those that are left join where nothing of the same part is yet. */
const intoMoments = (faults: readonly { part: StackPart; fault: PlannedFault }[]): PlannedFault[][] => {
  const filled = faults.slice(0, moments.min).map((one) => [one])
  for (const one of faults.slice(moments.min)) {
    const place = filled.find(
      (others) => others.length < faultsInOneMomentMax && others.every(({ part }) => part !== one.part),
    )
    if (place === undefined) filled.push([one])
    else place.push(one)
  }
  return filled.map((others) => others.map(({ fault }) => fault))
}

/**
 * What is to happen in one round. The same for the same `random` and `kinds`. Five kills, one of each part where `kinds` has them all
 * (so that a run kills every part as often), and two or three other faults, at five or more moments.
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
