import { describe, expect, test } from 'vitest'
import { noHarm } from './harm.ts'
import { closingReport, roundReport } from './report.ts'
import type { RoundVerdict, StruckFault } from './round-verdict.ts'
import { totalsOf } from './totals.ts'

const kill = (part: string, counts = true): StruckFault => ({
  fault: `${part}-kill`,
  part,
  isKill: true,
  counts,
  inFlight: 31,
  unconfirmed: 1_234,
  stockLeft: 5_000,
  atMs: 12,
})
const pause: StruckFault = { ...kill('kafka'), fault: 'kafka-pause', isKill: false }

const round: RoundVerdict = {
  ...noHarm,
  round: 7,
  seed: 'abc',
  campaignId: 'the-campaign',
  presses: 12_403,
  people: 9_000,
  rows: 8_000,
  stock: 8_000,
  struck: [kill('api'), pause],
  silenceMsMax: 1_234,
  changes: { stops: 2, halts: 1, seen: 2, pagesMsMax: 340 },
  tookMs: 24_123,
  verdict: 'pass',
  reasons: [],
}
const failed: RoundVerdict = {
  ...round,
  round: 8,
  lost: 2,
  verdict: 'fail',
  reasons: ['no-lost-win broken 2 times, for example: somebody'],
}
const plain = process.stdout

describe('the report of a round', () => {
  test('a round shows its verdict, its figures, and each fault with the traffic that it struck', () => {
    const line = roundReport(round, 20, plain)
    expect(line).toMatch(
      /^ {2}round {2}7 {2}PASS +12,403 presses +8,000 rows +silence 1\.2 s +24\.1 s\n {4}api-kill \(31 in flight, 1,234 unconfirmed\), kafka-pause$/,
    )
  })

  test('a kill that does not count is marked', () => {
    expect(roundReport({ ...round, struck: [kill('mysql', false)] }, 20, plain)).toContain(
      'mysql-kill (does not count)',
    )
  })

  test('a failed round shows the harm, the reasons, and how to repeat it', () => {
    const line = roundReport(failed, 20, plain)
    expect(line).toMatch(/round {2}8 {2}FAIL/)
    for (const words of ['2 lost', '--seed abc', 'round 8', 'the-campaign', 'for example: somebody'])
      expect(line).toContain(words)
    expect(line).not.toContain('doubled')
  })

  test('no line is wider than 100 columns, whatever struck', () => {
    const struck = Array.from({ length: 30 }, (_, index) => (index % 3 === 0 ? pause : kill('worker')))
    const wide: RoundVerdict = { ...failed, struck, presses: 9_999_999, rows: 9_999_999, tookMs: 999_999 }
    const many = Array.from({ length: 1_000 }, () => ({ ...wide, round: 1_000 }))
    const text = `${roundReport({ ...wide, round: 1_000 }, 1_000, plain)}\n${closingReport(many, many.length, plain)}`
    expect(text.split('\n').filter((line) => line.length > 100)).toEqual([])
  })
})

describe('the closing report', () => {
  test('the closing report sums kills by part, other faults by name, and all harm', () => {
    const text = closingReport([round, { ...failed, struck: [kill('api'), kill('api', false)] }], 2, plain)
    expect(text).toMatch(/FAIL {2}2 rounds in 48\.2 s: 24,806 presses, 16,000 rows/)
    expect(text).toMatch(/^ {2}api killed +2 {2}and 1 that do not count$/m)
    expect(text).toMatch(/^ {2}mysql killed +0$/m)
    expect(text).toMatch(/^ {2}kafka-pause +1$/m)
    expect(text).toMatch(/^ {2}lost +2$/m)
    expect(text).toMatch(/^ {2}longest silence +1\.2 s/m)
    expect(text).toMatch(/^ {2}failed: round 8$/m)
    expect(text).toMatch(/^ {2}stops by an operator +4 {2}2 of them without the database$/m)
    expect(text).toMatch(/^ {2}all pages stopped +0\.3 s {2}at most, after the answer; seen 4 times$/m)
  })

  test('the longest silence of a run is the longest of one round, not the sum', () => {
    expect(totalsOf([round, { ...round, silenceMsMax: 500 }], 2).silenceMsMax).toBe(1_234)
  })

  test('a run passes only when every round was played and passed', () => {
    expect(totalsOf([round, round], 2).verdict).toBe('pass')
    expect(totalsOf([round, failed], 2).verdict).toBe('fail')
    expect(totalsOf([round], 2).verdict).toBe('fail')
    expect(totalsOf([], 2).verdict).toBe('fail')
    expect(closingReport([round], 20, plain)).toMatch(/FAIL {2}1 of 20 rounds/)
  })
})
