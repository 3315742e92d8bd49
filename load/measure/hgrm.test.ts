import { expect, test } from 'vitest'
import { hgrmText } from './hgrm.ts'
import { createLatencyLog } from './latency-log.ts'

const ofThousand = hgrmText(Float64Array.from({ length: 1_000 }, (_, index) => (index + 1) / 10))
const rows = ofThousand
  .split('\n')
  .filter((line) => /^ *[\d.]+ /.test(line))
  .map((line) => line.trim().split(/ +/).map(Number))

test('a line has a value, its share, how many were as fast, and 1 / (1 - share)', () => {
  expect(ofThousand.split('\n').slice(0, 4)).toEqual([
    '       Value     Percentile TotalCount 1/(1-Percentile)',
    '',
    '       0.100 0.000000000000          1           1.00',
    '      10.000 0.100000000000        100           1.11',
  ])
  expect(rows).toContainEqual([50, 0.5, 500, 2])
  expect(rows).toContainEqual([75, 0.75, 750, 4])
  for (const [value = 0, share = 0, count = 0] of rows) {
    expect(value).toBeCloseTo(count / 10, 6)
    expect(count).toBe(Math.max(1, Math.ceil(share * 1_000 - 1e-9)))
  }
})

test('the steps halve towards 100 %, which is the slowest', () => {
  const shares = rows.map(([, share]) => share)
  expect(shares).toEqual([...shares].sort((left = 0, right = 0) => left - right))
  expect(shares.filter((share = 0) => share >= 0.5 && share < 0.75)).toEqual([0.5, 0.55, 0.6, 0.65, 0.7])
  expect(rows.at(-1)).toEqual([100, 1, 1_000])
})

test('mean, deviation, greatest and count stand at the end', () => {
  expect(hgrmText(Float64Array.of(1, 3)).split('\n').slice(-4)).toEqual([
    '       3.000 1.000000000000          2',
    '#[Mean    =        2.000, StdDeviation   =        1.000]',
    '#[Max     =        3.000, Total count    =            2]',
    '',
  ])
})

test('latencies are kept by outcome, and sorted', () => {
  const log = createLatencyLog()
  for (const latencyMs of [30, 4, 200]) log.add('granted', latencyMs)
  log.add('sold-out', 1)
  expect(log.sorted()).toEqual(
    new Map([
      ['granted', Float64Array.of(4, 30, 200)],
      ['sold-out', Float64Array.of(1)],
    ]),
  )
})
