import { randomUUIDv7 } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { grantsTopic } from '../../coupon/log/topics.ts'
import { createProxy, type Proxy } from '../../servers/network/proxy.ts'
import { type Scrape, scrape } from '../harness/metrics/metric-text.ts'
import {
  type ApiAnswer,
  ask,
  closedAnHourAgo,
  createTestCampaign,
  listOf,
  newUser,
  operatorToken,
  press,
  tokenOf,
} from '../harness/processes/http-client.ts'
import { type Running, startPart } from '../harness/processes/start-part.ts'
import { until } from '../harness/values/until.ts'

/**
 * Two processes that nobody else asks anything: what they count is what this file did. The worker is
 * everybody's.
 */
let api: Running
/** In front of the database, for these two. */
let database: Proxy
const { worker } = inject('metricsUrls')

beforeAll(async () => {
  const url = new URL(inject('environment')['DATABASE_URL'] ?? '')
  database = await createProxy({ host: url.hostname, port: Number(url.port) })
  url.port = String(database.port)
  const environment = {
    ...inject('environment'),
    ...{ API_PROCESSES: '2', DATABASE_URL: url.href },
    // As many as press one campaign at once; more are refused.
    ISSUE_QUEUE_MAX: '30',
  }
  api = await startPart('api', environment, { folder: inject('folder'), waitFor: 'live' })
  // One that does not answer yet holds up a scrape for five seconds.
  await until(
    'both listen',
    () => readFileSync(api.logFile, 'utf8').split('the API is listening').length === 3,
  )
  // Of both together it is said what the one says that is less ready.
  const isWarm = async (): Promise<boolean> =>
    (await scrapeApi()).by('firstcome_ready', 'check')['warm'] === 1
  await until('both processes are warm', isWarm)
})
afterAll(async () => {
  await api.stop()
  await database.close()
})

const scrapeApi = (): Promise<Scrape> => scrape(api.metricsUrl)
const pressAll = (campaignId: string, count: number): Promise<ApiAnswer[]> =>
  Promise.all(Array.from({ length: count }, () => press(api.url, campaignId, newUser())))

/** By how much the samples of a name grew, by the value of a label; those that did not are left out. */
const grown = (before: Scrape, after: Scrape, name: string, label: string): Record<string, number> => {
  const old = before.by(name, label)
  const counts = Object.entries(after.by(name, label)).map(
    ([value, count]) => [value, count - (old[value] ?? 0)] as const,
  )
  return Object.fromEntries(counts.filter(([, count]) => count !== 0))
}

describe('metrics tell what happened', () => {
  test('outcomes, answers, gate calls and produces of two API processes add up to the presses', async () => {
    const before = await scrapeApi()
    const campaignId = await createTestCampaign(api.url, { stock: 20 })
    const won = (await pressAll(campaignId, 30)).filter(({ status }) => status === 201)
    for (const { body } of won.slice(0, 5)) await press(api.url, campaignId, String(body['userId']))
    await press(api.url, campaignId, newUser(), 2)
    await press(api.url, campaignId, newUser(), 99)
    await press(api.url, '01a1fe69-7d10-770e-92dc-168166463406', newUser())
    await ask(`${api.url}/v1/campaigns/${campaignId}/coupons`, { method: 'POST', token: 'nobody' })
    await pressAll(await createTestCampaign(api.url, closedAnHourAgo()), 1)
    await pressAll(
      await createTestCampaign(api.url, { opensAt: new Date(Date.now() + 1_800_000).toISOString() }),
      1,
    )
    await listOf(api.url, newUser())

    const after = await scrapeApi()
    const growth = (name: string, label: string) => grown(before, after, name, label)
    expect(growth('firstcome_issue_outcomes_total', 'outcome')).toEqual({
      ...{ granted: 20, already: 5, 'sold-out': 10, 'over-limit': 1 },
      ...{ 'unknown-campaign': 1, closed: 1, 'not-open': 1 },
    })
    const issue = 'POST /v1/campaigns/:campaignId/coupons'
    const answers = after.families.get('firstcome_http_answers_total')?.samples ?? []
    const ofIssue = answers.filter(({ labels }) => labels['route'] === issue)
    expect(Object.fromEntries(ofIssue.map(({ labels, value }) => [labels['status'], value]))).toEqual({
      ...{ 201: 20, 200: 5, 409: 12, 401: 1, 404: 1, 422: 2 },
    })
    expect(growth('firstcome_http_answer_duration_seconds_count', 'route')).toMatchObject({
      ...{ [issue]: 41, 'POST /v1/admin/campaigns': 3, 'GET /v1/coupons': 1 },
    })
    const decided =
      (after.value('firstcome_gate_batch_size_sum') ?? 0) -
      (before.value('firstcome_gate_batch_size_sum') ?? 0)
    // "Not open" comes from memory or from the gate.
    expect([37, 38]).toContain(decided)
    const calls = growth('firstcome_gate_call_duration_seconds_count', 'call')
    expect(calls['decide']).toBeGreaterThan(0)
    expect(calls['decide']).toBeLessThanOrEqual(decided)
    expect(growth('firstcome_gate_silences_total', 'reason')).toEqual({})
    expect(Object.keys(growth('firstcome_appended_entries_total', 'outcome'))).toEqual(['confirmed'])
    expect(growth('firstcome_produce_batch_size_sum', 'topic')).toEqual({ [grantsTopic]: 20 })
    const armings = growth('firstcome_armings_total', 'outcome')
    // A worker may see a new campaign first, and then it is in order.
    expect((armings['armed'] ?? 0) + (armings['in-order'] ?? 0)).toBe(3)
    for (const name of [
      'firstcome_issue_queue_size',
      'firstcome_publish_queue_size',
      'firstcome_publisher_open',
    ])
      expect([name, after.value(name)]).toEqual([name, 0])
    expect(after.value('firstcome_live_campaigns')).toBeGreaterThan(0)
    expect(after.value('firstcome_http_connections')).toBeGreaterThan(0)
  })

  test('requests refused at the queue bound are counted as overloaded', async () => {
    const campaignId = await createTestCampaign(api.url, { stock: 100_000 })
    const before = await scrapeApi()
    const pressed: ApiAnswer[] = []
    await until('some are refused', async () => {
      pressed.push(...(await pressAll(campaignId, 200)))
      return pressed.some(({ status }) => status === 503)
    })
    const count = (status: number): number => pressed.filter((answer) => answer.status === status).length
    expect(grown(before, await scrapeApi(), 'firstcome_issue_outcomes_total', 'outcome')).toEqual({
      granted: count(201),
      overloaded: count(503),
    })
  })

  test('a worker reports its rows, every live gate, and a ledger without lag', async () => {
    const before = await scrape(worker)
    const campaignId = await createTestCampaign(api.url, { stock: 7 })
    await pressAll(campaignId, 9)
    let seen = before
    const ofCampaign = (name: string): number | undefined => seen.by(name, 'campaign')[campaignId]
    const rows = (one: Scrape): number => one.value('firstcome_ledger_rows_total') ?? 0
    await until('the worker has seen it', async () => {
      seen = await scrape(worker)
      const behind = seen.by('firstcome_ledger_behind_records', 'partition')
      // The ends of the log are asked for every two seconds: "nothing behind" may be of before the presses.
      return (
        rows(seen) - rows(before) >= 7 &&
        ofCampaign('firstcome_campaign_granted_coupons') === 7 &&
        ofCampaign('firstcome_outbox_grants') === 0 &&
        Object.keys(behind).length === seen.value('firstcome_ledger_partitions') &&
        Object.values(behind).every((records) => records === 0)
      )
    })
    expect(ofCampaign('firstcome_campaign_stock_coupons')).toBe(7)
    expect(ofCampaign('firstcome_campaign_epoch')).toBe(1)
    expect(ofCampaign('firstcome_outbox_oldest_age_seconds')).toBe(0)
    expect(new Set(Object.values(seen.by('firstcome_ledger_behind_seconds', 'partition')))).toEqual(
      new Set([0]),
    )
    expect(seen.by('firstcome_gates', 'state')['in-order']).toBeGreaterThan(0)
    expect(rows(seen) - rows(before)).toBeGreaterThanOrEqual(7)
    expect(seen.value('firstcome_record_duration_seconds_count')).toBe(
      Object.values(seen.by('firstcome_record_transactions_total', 'outcome')).reduce(
        (sum, count) => sum + count,
        0,
      ),
    )
  })
})

describe('logs hold no secret', () => {
  test('no log line of API or worker holds a token, a secret or a user', async () => {
    database.cut()
    const userId = newUser()
    expect((await listOf(api.url, userId)).body['complete']).toBe(false)
    expect((await ask(`${api.url}/v1/coupons/${randomUUIDv7()}`, { token: tokenOf(userId) })).status).toBe(
      503,
    )
    const readLines = (): string[] =>
      [api.logFile, ...inject('logFiles')].flatMap((file) =>
        readFileSync(file, 'utf8').split('\n').slice(0, -1),
      )
    // A line is written after the answer that it is about.
    for (const message of ['a list of coupons lacks a source', 'a request was answered with 503'])
      await until(`"${message}" is logged`, () => readLines().some((line) => line.includes(message)))
    const lines = readLines()
    const secrets = [operatorToken(), inject('environment')['JWT_SECRET'] ?? '', 'eyJ']
    const isIndiscreet = (line: string): boolean =>
      secrets.some((secret) => line.includes(secret)) || /user-[0-9a-f]{8}-/.test(line)
    expect(lines.filter(isIndiscreet)).toEqual([])
    const isWhole = (line: string): boolean => {
      const { level, time, part, msg } = JSON.parse(line) as Record<string, unknown>
      return (
        typeof level === 'number' &&
        !Number.isNaN(Date.parse(String(time))) &&
        part !== undefined &&
        msg !== ''
      )
    }
    expect(lines.filter((line) => !isWhole(line))).toEqual([])
  })
})
