import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, inject, test } from 'vitest'
import { connectDatabase } from '../../platform/mysql/database.ts'
import { createProxy } from '../../servers/network/proxy.ts'
import { findFreePort } from '../../servers/ports.ts'
import { runCommand, type Said } from '../../test/harness/processes/run-command.ts'
import { type Running, startPart } from '../../test/harness/processes/start-part.ts'
import { startOwnServers } from '../../test/harness/servers/own-servers.ts'
import { openRedis } from '../../test/harness/values/armed-gate.ts'
import { until } from '../../test/harness/values/until.ts'
import type { Machine } from '../measure/machine.ts'
import { burstReport } from '../report/burst.ts'
import type { BurstRun } from './burst-run.ts'

const [apiUrl] = inject('apiUrls')
const environment = inject('environment')

const load = (words: string, changes: Record<string, string> = {}): Promise<Said> =>
  runCommand('load/main.ts', words.split(' '), { API_URL: apiUrl, ...changes })

/** Changes the ledger directly as soon as the campaign with this stock has a row of rank 5. */
const corrupt = async (stock: number, statement: string, signal: AbortSignal): Promise<void> => {
  const database = connectDatabase({
    url: environment['DATABASE_URL'] ?? '',
    connectionsMax: 1,
    queryTimeoutMs: 5_000,
  })
  const find = "SELECT campaign_id FROM campaigns WHERE name = 'Load run' AND stock = ?"
  let changed = 0
  while (changed === 0 && !signal.aborted) {
    // By its key: a scan of all coupons would take longer than the burst.
    for (const { campaign_id: id } of await database.read(find, [stock]))
      changed += await database.change(`${statement} WHERE campaign_id = ? AND \`rank\` = 5`, [id])
    await wait(2)
  }
  await database.close()
}

const ofTheCampaign =
  "campaign_id IN (SELECT campaign_id FROM campaigns WHERE name = 'Load run' AND stock = ?)"

describe('npm run load -- burst', () => {
  test('it says PASS and exits with 0 when every promise held', async () => {
    const { code, stdout } = await load('burst --shoppers 600 --stock 201 --connections 20 --warm-up 50')
    expect(stdout.trim()).toMatch(/^PASS {2}600 shoppers pressed for 201 coupons/)
    expect(stdout).toMatch(/granted +201 /)
    expect(stdout).toMatch(/sold-out +399 /)
    expect(code).toBe(0)
  })

  test('with --baseline it prints the ratios to bare node:http and bare Hono', async () => {
    const words = 'burst --shoppers 300 --stock 300 --connections 10 --warm-up 0 --baseline --rounds 2'
    const { code, stdout } = await load(words)
    expect(stdout.trim()).toMatch(/^PASS/)
    for (const name of ['node:http', 'Hono'])
      expect(stdout).toContain(`coupons persisted for each request of bare ${name}`)
    expect(code).toBe(0)
  })

  const corruptions: [string, number, string, RegExp][] = [
    ['a deleted row', 202, 'DELETE FROM coupons', /fail +no-lost-win +1 of 202/],
    [
      'a row given to somebody else',
      203,
      "UPDATE coupons SET user_id = 'somebody-else'",
      /fail +nobody-unaware +1 of 203/,
    ],
  ]

  test.each(corruptions)('%s: it says FAIL and exits with 1', async (_, stock, statement, broken) => {
    const done = new AbortController()
    const corrupting = corrupt(stock, statement, done.signal)
    const { code, stdout } = await load(
      `burst --shoppers ${stock} --stock ${stock} --connections 5 --warm-up 0`,
    )
    done.abort()
    await corrupting
    expect(stdout.trim()).toMatch(/^FAIL/)
    expect(stdout).toMatch(broken)
    expect(code).toBe(1)
  })

  test('without an API it exits with 1 and the reason, not with a verdict', async () => {
    const port = await findFreePort()
    const { code, stdout, stderr } = await load(`burst --url http://127.0.0.1:${port} --warm-up 0`)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/the API at .* created no campaign: .*ECONNREFUSED/)
    expect(code).toBe(1)
  })

  test.each([
    ['the database', 'DATABASE_URL', 2_004, /^UNKNOWN {2}2,004 shoppers .*; database: /],
    ['the broker', 'KAFKA_BROKERS', 2_005, /^PASS/],
  ] as const)('when it loses %s it still prints a report', async (_, variable, stock, says) => {
    const address = new URL((environment[variable] ?? '').replace(/^(?!mysql)/, 'kafka://'))
    const proxy = await createProxy({ host: address.hostname, port: Number(address.port) })
    const database = connectDatabase({
      url: environment['DATABASE_URL'] ?? '',
      connectionsMax: 1,
      queryTimeoutMs: 5_000,
    })
    try {
      address.port = String(proxy.port)
      const changes = { [variable]: address.href.replace('kafka://', '').replace(/\/$/, '') }
      const running = load(`burst --shoppers ${stock} --stock ${stock} --connections 5 --warm-up 0`, changes)
      await until('a coupon is recorded', async () => {
        const rows = await database.read(`SELECT 1 FROM coupons WHERE ${ofTheCampaign} LIMIT 1`, [stock])
        return rows.length > 0
      })
      proxy.cut()
      const { code, stdout } = await running
      expect(stdout.trim()).toMatch(says)
      expect(stdout).toMatch(/granted +2,00[45] /)
      expect(code).toBe(says.source.includes('PASS') ? 0 : 1)
    } finally {
      await database.close()
      await proxy.close()
    }
  })

  test('an unknown option exits with 2', async () => {
    const { code, stderr } = await load('burst --shopers 5')
    expect(stderr).toMatch(/Unknown option '--shopers'/)
    expect(code).toBe(2)
  })

  /** Empties Redis as soon as a gate there has granted something. */
  const emptyAmidBurst = async (url: string): Promise<void> => {
    const redis = await openRedis(url)
    try {
      await until('a coupon is granted', async () => {
        const [gate] = (await redis.command('KEYS', 'fc:*:gate')) as string[]
        return gate !== undefined && Number(await redis.command('HGET', gate, 'granted')) > 0
      })
      await redis.command('FLUSHALL')
    } finally {
      redis.close()
    }
  }

  test('with Redis emptied amid the burst it says PASS, and how long the gate was recovering', async () => {
    const folder = join(inject('folder'), 'emptied')
    const own = await startOwnServers('emptied')
    const parts: Running[] = []
    try {
      const start = async (part: 'api' | 'worker'): Promise<Running> => {
        const running = await startPart(part, own.environment, { folder, waitFor: 'ready' })
        parts.push(running)
        return running
      }
      const [api] = await Promise.all([start('api'), start('worker')])
      const [{ code, stdout }] = await Promise.all([
        load(`burst --shoppers 2000 --stock 1000 --connections 10 --warm-up 0 --json`, {
          ...own.environment,
          API_URL: api.url,
        }),
        emptyAmidBurst(own.environment['REDIS_URL'] ?? ''),
      ])
      const { machine, ...run } = JSON.parse(stdout) as BurstRun & { machine: Machine }
      const text = stripVTControlCharacters(burstReport(run, machine, process.stdout))
      expect(text.trim()).toMatch(/^PASS {2}2,000 shoppers pressed for 1,000 coupons/)
      expect(text).toMatch(
        /^ {4}recovering +[\d,.]+ ms {2}first to last of [\d,]+ such answers; over within/m,
      )
      expect(code).toBe(0)

      const { recovering, figures } = run.bursts[0] ?? {}
      const [stretch] = recovering?.stretches ?? []
      expect(recovering?.answers).toBeGreaterThan(0)
      expect(stretch?.overWithinMs).toBeGreaterThan(stretch?.lastedMs ?? 0)
      // Some had won before Redis was emptied, and all others after it was back.
      expect(figures?.wave.accepted).toBeLessThan(1_000)
      expect(figures).toMatchObject({ accepted: 1_000, persisted: 1_000 })
    } finally {
      await Promise.all(parts.map((part) => part.stop()))
      await own.stop()
    }
  }, 120_000)
})
