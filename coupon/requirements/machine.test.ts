import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { MachineLimits } from '../../platform/process/machine-limits.ts'
import { readClock } from './clock.ts'
import { databaseRequirements } from './database.ts'
import { findingsOf } from './finding.ts'
import { kafkaRequirements } from './kafka.ts'
import { machineRequirements, nodeMin } from './machine.ts'
import { redisRequirements } from './redis.ts'

const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')
const well: MachineLimits = {
  ...{
    nodeVersion: '26.10.0',
    filesMax: 50_200,
    acceptQueueMax: 4_096,
    synQueueMax: 512,
    hasSynCookies: true,
  },
}
const unwell = (changes: Partial<MachineLimits>): string[] =>
  findingsOf('machine', machineRequirements(50_000), { ...well, ...changes }).flatMap(({ name, status }) =>
    status === 'ok' ? [] : [`${name} ${status}`],
  )

test.each<[string, Partial<MachineLimits>, string[]]>([
  ['a machine as it should be', {}, []],
  ['no limit on files', { filesMax: Infinity }, []],
  ['fewer files than connections', { filesMax: 1_024 }, ['open files warn']],
  ['an old Node', { nodeVersion: '24.4.1' }, ['Node fail']],
  ['a short queue', { acceptQueueMax: 128 }, ['net.core.somaxconn warn']],
  ['half-open connections', { hasSynCookies: false }, ['net.ipv4.tcp_max_syn_backlog warn']],
  [
    'a system that tells nothing',
    { filesMax: undefined, acceptQueueMax: undefined, synQueueMax: undefined, hasSynCookies: undefined },
    ['open files unknown', 'net.core.somaxconn unknown', 'net.ipv4.tcp_max_syn_backlog unknown'],
  ],
])('%s', (_, changes, expected) => {
  expect(unwell(changes)).toEqual(expected)
})

test('the Node that is asked for is that of package.json', () => {
  const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } }
  expect(engines.node).toBe(`>=${nodeMin}`)
})

test('a clock is held against the middle of the time that asking took', async () => {
  const times = [1_000, 1_200]
  expect(
    await readClock(
      async () => 1_150,
      () => times.shift() ?? 0,
    ),
  ).toEqual({ aheadMs: 50, uncertainMs: 100 })
})

test('docs/doctor.md has a row for every requirement', () => {
  const names = [
    ...[redisRequirements, databaseRequirements, machineRequirements(1)].flat().map(({ name }) => name),
    ...kafkaRequirements({ brokers: [], wanted: {} }).map(({ name }) => name.replace(/^coupon\.\S+ /, '')),
  ]
  const rows = read('docs/doctor.md')
    .split('\n')
    .flatMap((line) => (line.startsWith('| `') ? [line.split('`')[1]] : []))
  expect(new Set(rows)).toEqual(new Set([...names, 'reachable']))
})
