import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { MachineLimits } from '../../platform/process/machine-limits.ts'
import { readClockOffset } from './clock.ts'
import { databaseRequirements } from './database.ts'
import { findingsOf } from './finding.ts'
import { kafkaRequirements } from './kafka.ts'
import { machineRequirements, nodeMin } from './machine.ts'
import { redisRequirements } from './redis.ts'

const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')
const sound: MachineLimits = {
  nodeVersion: '26.10.0',
  filesMax: 50_200,
  acceptQueueMax: 4_096,
  synQueueMax: 512,
  hasSynCookies: true,
}
const notOk = (changes: Partial<MachineLimits>): string[] =>
  findingsOf('machine', machineRequirements(50_000), { ...sound, ...changes }).flatMap(({ name, level }) =>
    level === 'ok' ? [] : [`${name} ${level}`],
  )

test.each<[string, Partial<MachineLimits>, string[]]>([
  ['a sound machine', {}, []],
  ['unlimited files', { filesMax: Infinity }, []],
  ['fewer files than connections', { filesMax: 1_024 }, ['open files warning']],
  ['an old Node', { nodeVersion: '24.4.1' }, ['Node failed']],
  ['a short queue', { acceptQueueMax: 128 }, ['net.core.somaxconn warning']],
  ['a short queue without cookies', { hasSynCookies: false }, ['net.ipv4.tcp_max_syn_backlog warning']],
  [
    'a system that reports nothing',
    { filesMax: undefined, acceptQueueMax: undefined, synQueueMax: undefined, hasSynCookies: undefined },
    ['open files unknown', 'net.core.somaxconn unknown', 'net.ipv4.tcp_max_syn_backlog unknown'],
  ],
])('%s', (_, changes, expected) => {
  expect(notOk(changes)).toEqual(expected)
})

test('the required Node is that of package.json', () => {
  const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } }
  expect(engines.node).toBe(`>=${nodeMin}`)
})

test('a clock is compared with the middle of the time that the question took', async () => {
  const times = [1_000, 1_200]
  expect(
    await readClockOffset(
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
