import { describe, expect, test } from 'vitest'
import { benchRunOf, brokenBurst, soundBurst } from '../../test/harness/values/bench-runs.ts'
import { comparedReport } from '../report/compared-runs.ts'
import { watchedRatio } from '../report/watched-ratio.ts'
import type { BenchRun } from '../scenarios/bench-run.ts'
import { compareRuns } from './compare-runs.ts'

const runWith = (rates: number[]): BenchRun => benchRunOf(rates.map(soundBurst))
const slow = runWith([10_000, 10_100, 10_200, 10_300, 10_400])
const fast = runWith([15_000, 15_100, 15_300, 15_500, 15_600])
const textOf = (a: BenchRun, b: BenchRun): string => comparedReport(compareRuns(a, b), [a, b], process.stdout)

describe('two runs beside each other', () => {
  test('differ where chance alone would not give as much, and are marked ~ where it would', () => {
    const text = textOf(slow, fast)
    expect(text).toMatch(/^ {4}coupons persisted +10,200 \/s +15,300 \/s +\+50 % +0\.0079$/m)
    expect(text).toMatch(/^ {4}to bare Hono +0\.57 +0\.85 +\+50 % +0\.0079$/m)
    expect(text).toMatch(/^ {4}bare node:http +23,500 \/s +23,500 \/s +~\+0 % +1$/m)
    expect(text).toMatch(/^ {4}CPU a coupon, kafka +20 µs +20 µs +~\+0 % +1$/m)
    expect(textOf(slow, slow)).toMatch(/^ {4}coupons persisted +10,200 \/s +10,200 \/s +~\+0 % +1$/m)
  })

  test('have their verdicts above every figure, and a run that is INVALID has no speed', () => {
    const broken = benchRunOf([brokenBurst(soundBurst(99_999)), soundBurst(88_888)])
    const text = textOf(slow, broken)
    expect(text.indexOf('INVALID')).toBeLessThan(text.indexOf('10,200'))
    expect(text).toContain('broken: no-lost-win')
    expect(text).toMatch(/^ {4}coupons persisted +10,200 \/s +- +- +-$/m)
    expect(text).not.toMatch(/99,999|88,888|23,500 \/s +23,500/)
  })

  test('are said to differ in machine, settings or size, and in nothing where they do not', () => {
    const other = structuredClone(fast)
    other.machine.processors = '64 × Another'
    other.machine.packages['hono'] = '5.0.0'
    for (const { plan } of other.burst.bursts) Object.assign(plan, { shoppers: 7, connections: 8 })
    other.burst.comparison?.rounds.pop()
    expect(compareRuns(slow, { ...other, system: 'own' }).warnings).toEqual([
      'processors: 2 × A <processor> and 64 × Another',
      'hono: 4.0.0 and 5.0.0',
      'shoppers: 20000 and 7',
      'connections: 256 and 8',
      'rounds: 5 and 4',
    ])
    expect(compareRuns({ ...slow, system: 'given' }, { ...fast, system: 'own' }).warnings).toEqual([
      'system: given and own',
    ])
    expect(textOf(slow, fast)).not.toContain('differ in more')
  })
})

describe('the watch', () => {
  const watch = (a: BenchRun, b: BenchRun): string => watchedRatio(compareRuns(a, b))

  test('warns of a run that is slower beyond noise, and of no other', () => {
    const subject = 'coupons persisted for each request of bare node:http'
    expect(watch(fast, slow)).toBe(
      `warning, slower than noise explains: ${subject}: 0.43, and 0.65 before (p = 0.0079)`,
    )
    expect(watch(slow, fast)).toMatch(/^no regression: /)
    const wide = runWith([9_000, 12_000, 10_000, 10_500, 10_000])
    expect(watch(slow, wide)).toMatch(/^no regression: .* \(p = 0\.\d+\)$/)
  })

  test('says what else differs, and does not compare a run that is not sound', () => {
    expect(watch(slow, { ...slow, machine: { ...slow.machine, memoryGb: 8 } })).toMatch(
      /; they differ in memory in GB: 24 and 8$/,
    )
    expect(watch(slow, benchRunOf([brokenBurst(soundBurst(1))]))).toMatch(/^not compared: /)
  })
})
