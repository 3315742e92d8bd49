import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type CrowdPress, gatherCrowd } from '../harness/processes/crowd.ts'
import { ask, createTestCampaign } from '../harness/processes/http-client.ts'
import { runCommand } from '../harness/processes/run-command.ts'
import { type Running, startPart } from '../harness/processes/start-part.ts'
import { type OwnServers, startOwnServers } from '../harness/servers/own-servers.ts'
import { type SentinelSetup, startSentinels } from '../harness/servers/sentinels.ts'
import { couponIn, openStoredFacts, type StoredFacts } from '../harness/values/stored-facts.ts'
import { until } from '../harness/values/until.ts'

let servers: OwnServers
let sentinels: SentinelSetup
let stored: StoredFacts
let [api, worker]: Running[] = []
let environment: Record<string, string>

beforeAll(async () => {
  ;[servers, sentinels] = await Promise.all([startOwnServers('sentinel'), startSentinels('sentinels')])
  stored = openStoredFacts(servers.environment)
  const { url, sentinelPassword } = sentinels
  environment = { ...servers.environment, REDIS_URL: url, REDIS_SENTINEL_PASSWORD: sentinelPassword }
  const start = (part: 'api' | 'worker'): Promise<Running> =>
    startPart(part, environment, { folder: inject('folder'), waitFor: 'ready' })
  ;[api, worker] = await Promise.all([start('api'), start('worker')])
}, 180_000)
afterAll(async () => {
  await Promise.all([api?.stop(), worker?.stop()])
  await stored?.close()
  await Promise.all([sentinels?.close(), servers?.stop()])
})

const stateOf = async (campaignId: string): Promise<unknown> =>
  (await ask(`${api?.url}/v1/campaigns/${campaignId}`)).body['state']

const auditCode = async (campaignId: string): Promise<unknown> =>
  (await runCommand('commands/audit/main.ts', [campaignId], environment)).code

const wonBy = (pressed: readonly CrowdPress[]) =>
  pressed
    .filter(({ status }) => status === 200 || status === 201)
    .map(({ status, body }) => couponIn({ status, body, headers: new Headers() }))

/** Sentinels that split their votes begin a new election after twice the time of a failover. */
const electionMs = 60_000

test('the sentinels replace a killed master, twice: each sale goes on to a whole audit, and no operator is needed', async () => {
  const url = api?.url ?? ''
  const before = await sentinels.masterPort()
  const stock = 2_000
  const campaignId = await createTestCampaign(url, { stock })
  const isOpen = async (): Promise<boolean> => (await stateOf(campaignId)) === 'open'
  const crowd = gatherCrowd({ urls: [url], campaignId, people: 8, pauseMs: 100 })
  await crowd.goesOn(100)
  await sentinels.killMaster()
  expect(await sentinels.masterPort()).not.toBe(before)
  await until('the campaign is open again', isOpen, electionMs)
  await sentinels.restartKilled()
  await until('the old master is a replica', async () =>
    (
      await Promise.all(
        sentinels.controls.map(async (control) => String(await control.command('INFO', 'replication'))),
      )
    ).some((info) => info.includes('role:slave') && info.includes('master_link_status:up')),
  )
  // The two sentinels that are left are enough, for the next master and for those who ask for it.
  await sentinels.killSentinel()
  await sentinels.killMaster()
  expect(await sentinels.masterPort()).toBe(before)
  await until('the campaign is open once more', isOpen, electionMs)
  await crowd.goesOn(50)
  await crowd.end()

  const rest = gatherCrowd({ urls: [url], campaignId, people: 30, pauseMs: 0 })
  await until('it is sold out', () => rest.pressed.at(-1)?.status === 409)
  await rest.end()
  const rows = new Map((await stored.drained(campaignId, stock)).map((row) => [row.couponId, row]))
  const won = wonBy([...crowd.pressed, ...rest.pressed])
  expect(won.filter((coupon) => rows.get(coupon.couponId)?.userId !== coupon.userId)).toEqual([])
  expect(rows.size).toBe(stock)
  await until('the audit passes', async () => (await auditCode(campaignId)) === 0)
  const status = await runCommand('commands/redis/main.ts', ['status'], environment)
  expect(status).toMatchObject({ code: 0, stdout: expect.stringContaining('/shop') })
}, 180_000)

test('a sentinel that asks for another password is refused by name', async () => {
  const { stdout } = await runCommand('commands/doctor/main.ts', ['--json'], {
    ...environment,
    REDIS_SENTINEL_PASSWORD: 'guessed-it',
  })
  expect(stdout).toMatch(/All sentinels are unreachable.*(WRONGPASS|NOAUTH)/)
  expect(stdout).not.toContain('guessed-it')
  expect(stdout).not.toContain('correct-horse')
})
