import { expect, test } from 'vitest'
import { lintMetrics } from '../harness/metrics/metric-lint.ts'
import { readMetrics } from '../harness/metrics/metric-text.ts'

const faultsOf = (text: string): string[] => lintMetrics(readMetrics(`${text}\n`).values())
const counter = (name: string, labels = ''): string =>
  `# HELP ${name} Things.\n# TYPE ${name} counter\n${name}${labels} 1`
const gauge = (name: string, labels = ''): string =>
  `# HELP ${name} Things.\n# TYPE ${name} gauge\n${name}${labels} 1`
const histogram = (buckets: string[], count = 2): string =>
  ['# HELP wait_seconds Waits.', '# TYPE wait_seconds histogram', ...buckets, 'wait_seconds_sum 1']
    .concat(`wait_seconds_count ${count}`)
    .join('\n')
const bucket = (le: string, count: number): string => `wait_seconds_bucket{le="${le}"} ${count}`

test.each([
  ['a counter', counter('firstcome_rows_total', '{partition="1"}')],
  ['a counter of seconds', counter('process_cpu_seconds_total')],
  ['a gauge of bytes', gauge('process_resident_memory_bytes')],
  ['a gauge of seconds', gauge('firstcome_behind_seconds')],
  ['a histogram', histogram([bucket('0.1', 1), bucket('+Inf', 2)])],
])('nothing is wrong with %s', (_, text) => {
  expect(faultsOf(text)).toEqual([])
})

test.each([
  ['rows is a counter without _total', counter('rows')],
  ['handles_total is no counter and ends in _total', gauge('handles_total')],
  ['lag_milliseconds is not in a base unit', gauge('lag_milliseconds')],
  ['age_hours is not in a base unit', gauge('age_hours')],
  ['lag_seconds_mean has its unit in the middle', gauge('lag_seconds_mean')],
  ['lag_ms abbreviates a unit', gauge('lag_ms')],
  ['lag_gauge has its type in its name', gauge('lag_gauge')],
  ['queueSize is not in snake_case', gauge('queueSize')],
  ['queue:size is not in snake_case', gauge('queue:size')],
  ['queue has a label that is not in snake_case', gauge('queue', '{campaignId="1"}')],
  ['queue has a unit in a label', gauge('queue', '{wait_seconds="1"}')],
  ['queue_count ends as a part of a histogram does', gauge('queue_count')],
  ['queue has le and is no histogram', gauge('queue', '{le="1"}')],
  ['queue has a quantile', gauge('queue', '{quantile="0.5"}')],
  ['queue says one thing twice', `${gauge('queue')}\nqueue 2`],
  ['queue has samples of another name', `${gauge('queue')}\nqueue_a 2`],
  ['rows_total counts below zero', counter('rows_total').replace(/1$/, '-1')],
  ['wait_seconds is half a histogram', histogram([bucket('0.1', 2)])],
  ['wait_seconds is half a histogram', histogram([bucket('0.1', 1), bucket('+Inf', 2)], 3)],
  ['wait_seconds is half a histogram', histogram([bucket('0.1', 2), bucket('0.2', 1), bucket('+Inf', 2)])],
  ['wait_seconds is half a histogram', histogram([bucket('0.2', 1), bucket('0.1', 1), bucket('+Inf', 2)])],
])('it is noticed that %s', (fault, text) => {
  expect(faultsOf(text)).toEqual([fault])
})

test.each([
  ['no HELP', 'rows_total 1\n'],
  ['a metric twice', `${gauge('a')}\n${gauge('a')}\n`],
  ['a line that is cut', `${gauge('a')}\na{b="c} 1\n`],
  ['no end of the last line', gauge('a')],
  ['a value that is no number', `${gauge('a')}x\n`],
])('%s cannot be read', (_, text) => {
  expect(() => readMetrics(text)).toThrow(Error)
})
