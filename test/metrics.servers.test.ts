import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { parse } from 'yaml'
import { grantsTopic } from '../coupon/grant.ts'
import { createKafka, type KafkaCluster } from '../platform/kafka.ts'
import { createProducer } from '../platform/kafka-producer.ts'
import { createLog } from '../platform/log.ts'
import {
  type Answer,
  ask,
  closedAnHourAgo,
  createCampaign,
  listOf,
  newUser,
  operatorToken,
  press,
  tokenOf,
} from './client.ts'
import { lintMetrics } from './metric-lint.ts'
import { type Scrape, scrape } from './metric-text.ts'
import { type OwnServers, startOwnServers } from './own-servers.ts'
import { type Running, startPart } from './processes.ts'
import { createFirstCampaign } from './setup.ts'
import { until } from './until.ts'

/** An API of two processes and a worker that nobody else asks anything: what they count is what this file did. */
let servers: OwnServers
let api: Running
let worker: Running
let kafka: KafkaCluster
const users: string[] = []
const folder = inject('folder')

beforeAll(async () => {
  servers = await startOwnServers('metrics')
  kafka = createKafka({
    brokers: (servers.environment['KAFKA_BROKERS'] ?? '').split(','),
    ...{ clientId: 'firstcome-test', log: createLog('test', 'silent'), requestTimeoutMs: 10_000 },
  })
  ;[worker, api] = await Promise.all([
    startPart('worker', servers.environment, { folder, waitFor: 'ready' }),
    startPart('api', { ...servers.environment, API_PROCESSES: '2' }, { folder, waitFor: 'ready' }),
  ])
  await createFirstCampaign(servers.environment, [api.url])
})

afterAll(async () => {
  await Promise.all([api.stop(), worker.stop()])
  await servers.stop()
})

const pressNew = (campaignId: string): Promise<Answer> => {
  const userId = newUser()
  users.push(userId)
  return press(api.url, campaignId, userId)
}
const pressAll = (campaignId: string, count: number): Promise<Answer[]> =>
  Promise.all(Array.from({ length: count }, () => pressNew(campaignId)))

/** By how much the samples of a name grew, by the value of a label; those that did not are left out. */
const grown = (before: Scrape, after: Scrape, name: string, label: string): Record<string, number> => {
  const old = before.by(name, label)
  const counts = Object.entries(after.by(name, label)).map(
    ([value, count]) => [value, count - (old[value] ?? 0)] as const,
  )
  return Object.fromEntries(counts.filter(([, count]) => count !== 0))
}

/** As much of it as there is once it is as expected, so that a fault shows what there was. */
const settled = async (what: string, url: string, holds: (seen: Scrape) => boolean): Promise<Scrape> => {
  let seen = await scrape(url)
  await until(what, async () => {
    seen = await scrape(url)
    return holds(seen)
  }).catch(() => undefined)
  return seen
}

test('outcomes, answers and gate calls of two API processes are the presses that were made', async () => {
  const before = await scrape(api.metricsUrl)
  const campaignId = await createCampaign(api.url, { stock: 20 })
  const won = (await pressAll(campaignId, 30)).filter(({ status }) => status === 201)
  const again = await Promise.all(
    won.slice(0, 5).map(({ body }) => press(api.url, campaignId, String(body['userId']))),
  )
  expect([won.length, ...again.map(({ status }) => status)]).toEqual([20, 200, 200, 200, 200, 200])
  await press(api.url, campaignId, newUser(), 2)
  await press(api.url, campaignId, newUser(), 99)
  await press(api.url, '01a1fe69-7d10-770e-92dc-168166463406', newUser())
  await ask(`${api.url}/v1/campaigns/${campaignId}/coupons`, { method: 'POST', token: 'nobody' })
  await pressNew(await createCampaign(api.url, closedAnHourAgo()))
  await pressNew(await createCampaign(api.url, { opensAt: new Date(Date.now() + 1_800_000).toISOString() }))
  expect((await listOf(api.url, String(won[0]?.body['userId']))).status).toBe(200)

  const after = await scrape(api.metricsUrl)
  const growth = (name: string, label: string) => grown(before, after, name, label)
  expect(growth('firstcome_issue_outcomes_total', 'outcome')).toEqual({
    ...{ granted: 20, already: 5, 'sold-out': 10, 'over-limit': 1 },
    ...{ 'unknown-campaign': 1, closed: 1, 'not-open': 1 },
  })
  const byRoute = after.families
    .get('firstcome_http_answers_total')
    ?.samples.filter(({ labels }) => labels['route'] === 'POST /v1/campaigns/:campaignId/coupons')
  expect(Object.fromEntries(byRoute?.map(({ labels, value }) => [labels['status'], value]) ?? [])).toEqual({
    ...{ 201: 20, 200: 5, 409: 12, 401: 1, 404: 1, 422: 2 },
  })
  expect(growth('firstcome_http_answer_duration_seconds_count', 'route')).toMatchObject({
    'POST /v1/campaigns/:campaignId/coupons': 41,
    'POST /v1/admin/campaigns': 3,
    'GET /v1/coupons': 1,
  })
  const decided = (seen: Scrape): number => seen.value('firstcome_gate_batch_size_sum') ?? Number.NaN
  // "Not open" comes from memory or from the gate.
  expect([37, 38]).toContain(decided(after) - decided(before))
  const calls = growth('firstcome_gate_call_duration_seconds_count', 'call')
  expect(calls['decide']).toBeLessThanOrEqual(decided(after) - decided(before))
  expect(Object.keys(growth('firstcome_appended_entries_total', 'outcome'))).toEqual(['confirmed'])
  expect(growth('firstcome_produce_batch_size_sum', 'topic')).toMatchObject({ [grantsTopic]: 20 + 3 * 3 })
  expect(growth('firstcome_gate_silences_total', 'reason')).toEqual({})
  const armings = growth('firstcome_armings_total', 'outcome')
  // The worker may see a new campaign first, and then it is in order.
  expect((armings['armed'] ?? 0) + (armings['in-order'] ?? 0)).toBe(3)
  for (const name of [
    'firstcome_issue_queue_size',
    'firstcome_publish_queue_size',
    'firstcome_publisher_open',
  ])
    expect([name, after.value(name)]).toEqual([name, 0])
  expect(after.value('firstcome_live_campaigns')).toBeGreaterThanOrEqual(1)
  expect(after.value('firstcome_http_connections')).toBeGreaterThanOrEqual(1)
})

test('a worker tells rows, dead letters, live gates and how far the ledger is behind', async () => {
  const before = await scrape(worker.metricsUrl)
  const campaignId = await createCampaign(api.url, { stock: 7 })
  await pressAll(campaignId, 9)
  const producer = createProducer(kafka)
  await producer.append(grantsTopic, 1, [{ value: 'no record of ours' }, { value: '{"grant":true}' }])
  await producer.close()
  const rows = (seen: Scrape): number =>
    (seen.value('firstcome_ledger_rows_total') ?? 0) - (before.value('firstcome_ledger_rows_total') ?? 0)
  const dead = (seen: Scrape) => grown(before, seen, 'firstcome_dead_letters_total', 'reason')
  const isAll = (seen: Scrape): boolean =>
    rows(seen) >= 7 &&
    Object.keys(dead(seen)).length === 2 &&
    seen.by('firstcome_campaign_granted_coupons', 'campaign')[campaignId] === 7 &&
    Object.values(seen.by('firstcome_ledger_behind_records', 'partition')).every((records) => records === 0)
  const seen = await settled('all is recorded', worker.metricsUrl, isAll)
  expect([rows(seen), dead(seen)]).toEqual([7, { undecodable: 1, invalid: 1 }])
  expect(seen.by('firstcome_ledger_behind_records', 'partition')).toEqual({ 0: 0, 1: 0, 2: 0 })
  expect(seen.by('firstcome_ledger_behind_seconds', 'partition')).toEqual({ 0: 0, 1: 0, 2: 0 })
  expect(seen.value('firstcome_ledger_partitions')).toBe(3)
  const ofCampaign = (name: string): number | undefined => seen.by(name, 'campaign')[campaignId]
  expect(ofCampaign('firstcome_campaign_granted_coupons')).toBe(7)
  expect(ofCampaign('firstcome_campaign_stock_coupons')).toBe(7)
  expect(ofCampaign('firstcome_campaign_epoch')).toBe(1)
  expect(ofCampaign('firstcome_outbox_grants')).toBe(0)
  expect(ofCampaign('firstcome_outbox_oldest_age_seconds')).toBe(0)
  expect(seen.by('firstcome_gates', 'state')).toMatchObject({ recovering: 0, silent: 0 })
  expect(seen.by('firstcome_ready', 'check')).toEqual({ ledger: 1, gates: 1 })
  const outcomes = grown(before, seen, 'firstcome_record_transactions_total', 'outcome')
  expect(Object.keys(outcomes)).toEqual(['recorded'])
  expect(seen.value('firstcome_record_duration_seconds_count')).toBeGreaterThanOrEqual(
    outcomes['recorded'] ?? 1,
  )
})

/** How many copies a record needs before the log takes it; there is one broker. */
const requireCopies = async (copies: number): Promise<void> => {
  const admin = kafka.admin()
  await admin.connect()
  await admin.alterConfigs({
    validateOnly: false,
    resources: [
      {
        type: 2,
        name: grantsTopic,
        configEntries: [
          { name: 'min.insync.replicas', value: String(copies) },
          { name: 'message.timestamp.type', value: 'LogAppendTime' },
        ],
      },
    ],
  })
  await admin.disconnect()
}

test('while the log takes nothing, failed produces, an open publisher and an outbox that ages are to be seen', async () => {
  const before = await scrape(api.metricsUrl)
  const campaignId = await createCampaign(api.url, { stock: 50 })
  await requireCopies(2)
  const isOpen = async (): Promise<boolean> => {
    expect((await pressNew(campaignId)).status).toBe(202)
    return (await scrape(api.metricsUrl)).value('firstcome_publisher_open') === 2
  }
  await until('the publishers of both processes are open', isOpen)
  const ofCampaign = (seen: Scrape, name: string): number => seen.by(name, 'campaign')[campaignId] ?? -1
  const seen = await settled(
    'the outbox ages',
    worker.metricsUrl,
    (now) => ofCampaign(now, 'firstcome_outbox_oldest_age_seconds') > 1,
  )
  const after = await scrape(api.metricsUrl)
  const pressed = grown(before, after, 'firstcome_issue_outcomes_total', 'outcome')
  expect(Object.keys(pressed)).toEqual(['confirming'])
  expect(ofCampaign(seen, 'firstcome_outbox_oldest_age_seconds')).toBeGreaterThan(1)
  expect(ofCampaign(seen, 'firstcome_outbox_grants')).toBe(pressed['confirming'])
  const failures = grown(before, after, 'firstcome_produce_failures_total', 'topic')
  expect(failures[grantsTopic]).toBeGreaterThanOrEqual(6)

  await requireCopies(1)
  const well = await settled(
    'the outbox is empty',
    worker.metricsUrl,
    (now) => ofCampaign(now, 'firstcome_outbox_grants') === 0,
  )
  expect(ofCampaign(well, 'firstcome_outbox_grants')).toBe(0)
  expect(ofCampaign(well, 'firstcome_outbox_oldest_age_seconds')).toBe(0)
})

const document = readFileSync(new URL('../docs/metrics.md', import.meta.url), 'utf8')

/** A metric as `docs/metrics.md` has it, and as it is served. */
type Described = { type: string; labels: string[]; of: string; help: string }

const documented = (): Record<string, Described> =>
  Object.fromEntries(
    [...document.matchAll(/^\| `(\w+)` \| (\w+) \| (.+?) \| (\w+) \| (.+) \|$/gm)].map(
      ([, name, type = '', labels = '', of = '', help = '']) => [
        name,
        { type, labels: labels === '-' ? [] : labels.split(', '), of, help },
      ],
    ),
  )

const served = (ofApi: Scrape, ofWorker: Scrape): Record<string, Described> => {
  const names = new Set([...ofApi.families.keys(), ...ofWorker.families.keys()])
  const ours = [...names].filter((name) => name.startsWith('firstcome_'))
  return Object.fromEntries(
    ours.map((name) => {
      const families = [ofApi, ofWorker].flatMap((seen) => seen.families.get(name) ?? [])
      const [{ type = '', help = '' } = {}] = families
      const samples = families.flatMap((family) => family.samples)
      const labels = new Set(samples.flatMap((sample) => Object.keys(sample.labels)))
      labels.delete('le')
      const of = families.length === 2 ? 'both' : ofApi.families.has(name) ? 'API' : 'worker'
      return [name, { type, labels: [...labels], of, help }]
    }),
  )
}

test('every metric of API and worker keeps the rules of Prometheus, and stands in docs/metrics.md as it is', async () => {
  const [ofApi, ofWorker] = [await scrape(api.metricsUrl), await scrape(worker.metricsUrl)]
  expect(lintMetrics([...ofApi.families.values(), ...ofWorker.families.values()])).toEqual([])
  expect(documented()).toEqual(served(ofApi, ofWorker))
})

test('every alert of docs/metrics.md asks for metrics and labels that there are', async () => {
  const [ofApi, ofWorker] = [await scrape(api.metricsUrl), await scrape(worker.metricsUrl)]
  const { groups } = parse(/```yaml\n([^]*?)```/.exec(document)?.[1] ?? '') as {
    groups: { rules: { alert: string; expr: string; annotations: { summary: string } }[] }[]
  }
  const rules = groups.flatMap((group) => group.rules)
  expect(rules.map(({ alert }) => alert)).toEqual(
    expect.arrayContaining([
      'OutboxOld',
      'LedgerBehind',
      'DeadLetters',
      'CampaignsRecovering',
      'EventLoopLate',
    ]),
  )
  for (const { alert, expr, annotations } of rules) {
    const names = expr.match(/\b(firstcome|nodejs)_\w+/g) ?? []
    const families = names.map((name) => ofApi.families.get(name) ?? ofWorker.families.get(name))
    expect([alert, families.map((family) => family?.name)]).toEqual([alert, names])
    const labels = new Set(
      families.flatMap((family) => family?.samples.flatMap((one) => Object.keys(one.labels))),
    )
    const used = [...annotations.summary.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label)
    for (const label of used)
      expect([alert, label === 'instance' || labels.has(label)]).toEqual([alert, true])
  }
})

test('no line of the logs of a busy run, with trouble in it, holds a token, a secret or a user', async () => {
  const lines = [api, worker].flatMap(({ logFile }) => readFileSync(logFile, 'utf8').split('\n').slice(0, -1))
  expect(users.length).toBeGreaterThan(40)
  for (const secret of [operatorToken(), servers.environment['JWT_SECRET'] ?? '', 'eyJ', 'user-', ...users])
    expect(lines.filter((line) => line.includes(secret))).toEqual([])
  expect(tokenOf('anybody')).toContain('eyJ')
  const shapeless = lines.filter((line) => {
    const { level, time, part, msg } = JSON.parse(line) as Record<string, unknown>
    return (
      typeof level !== 'number' ||
      Number.isNaN(Date.parse(String(time))) ||
      part === undefined ||
      msg === undefined
    )
  })
  expect(shapeless).toEqual([])
  expect(lines.filter((line) => line.includes('the log did not acknowledge')).length).toBeGreaterThan(0)
})
