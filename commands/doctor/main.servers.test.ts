import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Examination } from '../../coupon/requirements/finding.ts'
import { findFreePort } from '../../servers/ports.ts'
import { runCommand } from '../../test/harness/processes/run-command.ts'
import { type OwnRedis, startOwnRedis } from '../../test/harness/servers/own-redis.ts'

let own: OwnRedis
beforeAll(async () => {
  own = await startOwnRedis()
})
afterAll(() => own.close())

const doctor = (words: readonly string[], changes?: Record<string, string>) =>
  runCommand('commands/doctor/main.ts', words, changes)
const places = (stdout: string): Examination[] => JSON.parse(stdout) as Examination[]
const failed = (stdout: string): string[] =>
  places(stdout).flatMap(({ findings }) =>
    findings.flatMap(({ level, name }) => (level === 'failed' ? [name] : [])),
  )

test('after npm start and npm run migrate nothing failed: exit code 0', async () => {
  const { code, stdout, stderr } = await doctor([])
  expect(stdout).toMatch(
    /^\n[^✗]* ✓ \d+ ok\n\n {2}Redis {2}redis:[^✗]*\n {2}Kafka [^✗]*\n {2}database [^✗]*\n {2}machine [^✗]*$/,
  )
  expect([code, stderr]).toEqual([0, ''])
})

test('a failed requirement: exit code 1, its fix in the JSON, no password', async () => {
  const password = randomUUID()
  await own.control.command(
    'ACL',
    'SETUSER',
    'shop',
    'on',
    `>${password}`,
    '~fc:*',
    '&fc:*',
    '+@all',
    '-info',
  )
  const { code, stdout, stderr } = await doctor(['--json'], {
    REDIS_URL: own.url.replace('redis://', `redis://shop:${password}@`),
    GRANTS_PARTITIONS: '3',
    TOPIC_MIN_INSYNC_REPLICAS: '2',
  })
  expect(failed(stdout)).toEqual([
    'permissions',
    'coupon.grants.v1 min.insync.replicas',
    'coupon.grants.dlq.v1 min.insync.replicas',
  ])
  expect(places(stdout)[0]?.findings.find(({ name }) => name === 'permissions')).toMatchObject({
    found: 'user shop may not run: INFO replication',
    fix: expect.stringMatching(/ACL SETUSER shop .*'\+info'/),
  })
  expect(stdout + stderr).not.toContain(password)
  expect(code).toBe(1)
})

test('a server that is down: exit code 4, no password, and the others are examined', async () => {
  const port = await findFreePort()
  const { code, stdout } = await doctor(['--json'], {
    DATABASE_URL: `mysql://me:hush-hush@127.0.0.1:${port}/firstcome?timezone=Z`,
  })
  expect(places(stdout)).toMatchObject([
    { place: 'Redis', isRead: true },
    { place: 'Kafka', isRead: true },
    {
      place: 'database',
      isRead: false,
      address: `mysql://127.0.0.1:${port}/firstcome`,
      findings: [{ name: 'reachable', found: expect.stringMatching(/ECONNREFUSED/) }],
    },
    { place: 'machine', isRead: true },
  ])
  expect(failed(stdout)).toEqual(['reachable'])
  expect(stdout).not.toContain('hush-hush')
  expect(code).toBe(4)
})
