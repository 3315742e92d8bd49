import { describe, expect, test } from 'vitest'
import { strikingOn } from './fault-choice.ts'
import { faultKinds } from './kinds/all.ts'
import { createRandom } from './random.ts'
import { type FaultShape, planRound } from './schedule.ts'

const rounds = (seed: string, kinds: readonly FaultShape[] = faultKinds) =>
  Array.from({ length: 50 }, (_, round) => planRound(createRandom(`${seed} ${round}`), kinds))
const kindsOf = (moments: ReturnType<typeof planRound>): FaultShape[] =>
  moments
    .flatMap(({ faults }) => faults)
    .map(({ kind }) => faultKinds.find(({ name }) => name === kind))
    .filter((kind) => kind !== undefined)

describe('the schedule of a round', () => {
  test('the same seed plans the same schedule, another seed another', () => {
    expect(rounds('a')).toEqual(rounds('a'))
    expect(rounds('a')).not.toEqual(rounds('b'))
  })

  test('every round kills each of the five parts once, and has three to five other faults', () => {
    for (const moments of rounds('a')) {
      const kinds = kindsOf(moments)
      const killed = kinds.filter(({ isKill }) => isKill).map(({ part }) => part)
      expect(killed.toSorted()).toEqual(['api', 'kafka', 'mysql', 'redis', 'worker'])
      expect([3, 4, 5]).toContain(kinds.length - killed.length)
    }
  })

  test('one or two faults strike together, never two of one part, and both happen', () => {
    const sizes = new Set<number>()
    for (const moment of rounds('a').flat()) {
      const parts = kindsOf([moment]).map(({ part }) => part)
      expect(new Set(parts).size).toBe(parts.length)
      sizes.add(parts.length)
    }
    expect([...sizes].toSorted((left, right) => left - right)).toEqual([1, 2])
  })

  test('every kind of fault is planned, and lasts within its limits', () => {
    const planned = rounds('a').flatMap((moments) => moments.flatMap(({ faults }) => faults))
    expect([...new Set(planned.map(({ kind }) => kind))].toSorted()).toEqual(
      faultKinds.map(({ name }) => name).toSorted(),
    )
    for (const { kind, lastsMs } of planned) {
      const [min, max] = faultKinds.find(({ name }) => name === kind)?.lastsMs ?? [0, 0]
      expect(lastsMs).toBeGreaterThanOrEqual(min)
      expect(lastsMs).toBeLessThanOrEqual(max)
    }
  })

  test('what cannot be planned on one broker leaves each part killed once, as with three', () => {
    for (const moments of rounds('a', strikingOn(1, faultKinds))) {
      const kinds = kindsOf(moments)
      expect(kinds.map(({ name }) => name)).not.toContain('kafka-coordinator')
      expect(kinds.filter(({ isKill }) => isKill)).toHaveLength(5)
    }
  })

  test('an operator changes the sale of every round', () => {
    for (const moments of rounds('a'))
      expect(kindsOf(moments).filter(({ part, endsSale }) => part === 'campaign' && !endsSale)).not.toEqual(
        [],
      )
  })

  test('a closure strikes in the last of five moments, once at most', () => {
    const closing = rounds('a').filter((moments) => JSON.stringify(moments).includes('campaign-closed'))
    expect(closing.length).toBeGreaterThan(0)
    for (const moments of closing)
      expect(
        moments.flatMap(({ faults }, at) =>
          faults.flatMap(({ kind }) => (kind === 'campaign-closed' ? [at] : [])),
        ),
      ).toEqual([4])
  })

  test('with only some kinds there are just as many faults', () => {
    const only = (chosen: (kind: FaultShape) => boolean) =>
      rounds('a', faultKinds.filter(chosen)).map((moments) => kindsOf(moments))
    for (const kinds of only(({ name }) => name === 'kafka-kill')) {
      expect(kinds.map(({ name }) => name)).toEqual(Array.from({ length: 5 }, () => 'kafka-kill'))
    }
    for (const kinds of only(({ part }) => part === 'link')) {
      expect(kinds).toHaveLength(5)
      expect(kinds.every(({ part }) => part === 'link')).toBe(true)
    }
  })

  test('every fault has a unique name that begins with its part', () => {
    const names = faultKinds.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const { name, part } of faultKinds) expect(name).toMatch(new RegExp(`^${part}-`))
  })
})
