import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { createProxy, type Proxy } from '../../servers/network/proxy.ts'
import { gatherCrowd } from '../harness/processes/crowd.ts'
import {
  type ApiAnswer,
  ask,
  createTestCampaign,
  newUser,
  operatorToken,
  press,
} from '../harness/processes/http-client.ts'
import { type Running, startPart } from '../harness/processes/start-part.ts'
import { type OwnServers, startOwnServers } from '../harness/servers/own-servers.ts'
import { createFirstCampaign } from '../harness/setup/whole-system.ts'
import { until } from '../harness/values/until.ts'

/** Two API processes and a worker, which reach the database through one proxy. */
let servers: OwnServers
let database: Proxy
let apis: Running[]
let worker: Running
const folder = inject('folder')

beforeAll(async () => {
  servers = await startOwnServers('kill-switch')
  const url = new URL(servers.environment['DATABASE_URL'] ?? '')
  database = await createProxy({ host: '127.0.0.1', port: Number(url.port) })
  url.port = String(database.port)
  const environment = { ...servers.environment, DATABASE_URL: url.href, QUERY_TIMEOUT_MS: '500' }
  const start = (part: 'api' | 'worker') => startPart(part, environment, { folder, waitFor: 'ready' })
  apis = await Promise.all([start('api'), start('api')])
  worker = await start('worker')
  await createFirstCampaign(
    servers.environment,
    apis.map((api) => api.url),
  )
})
afterAll(async () => {
  database.release()
  database.restore()
  await Promise.all([...apis, worker].map((part) => part.stop()))
  await database.close()
  await servers.stop()
})

const operator = { token: operatorToken() }
const admin = (api: Running | undefined, campaignId: string, path = ''): string =>
  `${api?.url ?? ''}/v1/admin/campaigns/${campaignId}${path}`
const change = (
  api: Running | undefined,
  campaignId: string,
  action: string,
  json = {},
): Promise<ApiAnswer> =>
  ask(admin(api, campaignId, `/${action}`), {
    ...{ ...operator, method: action === 'stock' ? 'PUT' : 'POST', headers: { 'if-match': '*' } },
    json: { reason: 'a wrong price', ...json },
  })
const codeOf = ({ status, body }: ApiAnswer): unknown[] => [status, body['code']]
const remainingOf = async (campaignId: string): Promise<unknown> =>
  (await ask(`${apis[0]?.url ?? ''}/v1/campaigns/${campaignId}`)).body['remaining']

test.each([
  ['refuses connections', () => database.cut()],
  ['does not answer', () => database.hold()],
])('while the database %s, a pause stops all processes at once, and is recorded later', async (_, fail) => {
  const [first, second] = apis
  const urls = apis.map(({ url }) => url)
  const campaignId = await createTestCampaign(urls[0] ?? '', { stock: 100_000 })
  const crowd = gatherCrowd({ urls, campaignId, people: 8, pauseMs: 0 })
  await crowd.goesOn(100)
  fail()
  await crowd.goesOn(100)

  const halted = await change(first, campaignId, 'pause')
  const remaining = halted.body['remaining']
  expect([halted.status, halted.headers.get('etag')]).toEqual([202, '"1"'])
  expect(halted.body).toMatchObject({ state: 'paused', version: 1, recorded: false, applied: true })
  expect(halted.body['detail']).toContain('a Redis that loses its memory loses the pause')
  await crowd.goesOn(100)
  await crowd.end()
  expect(crowd.pressed.at(-1)?.body['code']).toBe('paused')
  for (const { url } of apis) {
    expect(codeOf(await press(url, campaignId, newUser()))).toEqual([409, 'paused'])
    await until(`${url} says paused`, async () => {
      const { body } = await ask(`${url}/v1/campaigns/${campaignId}`)
      return body['state'] === 'paused'
    })
  }
  // The answer counts what was granted, and nothing was after it.
  await until('what is left is read anew', async () => (await remainingOf(campaignId)) === remaining)
  for (const [action, body] of [['resume'], ['close'], ['stock', { stock: 200_000 }]] as const)
    expect(codeOf(await change(second, campaignId, action, body))).toEqual([503, 'unavailable'])

  database.release()
  database.restore()
  for (const api of apis)
    expect(
      await until('the ledger is back', async () => {
        const { status, body } = await ask(admin(api, campaignId), operator)
        return status === 200 && body['state']
      }),
    ).toBe('paused')
  const recorded = await until('the pause is recorded', async () => {
    const { body } = await ask(admin(second, campaignId, '/changes'), operator)
    const items = (body['items'] ?? []) as Record<string, unknown>[]
    return items.length > 1 && items
  })
  expect(recorded.map(({ version, action }) => [version, action])).toEqual([
    [2, 'paused'],
    [1, 'created'],
  ])
  expect(recorded[0]).toMatchObject({ by: 'operator', from: '127.0.0.1', reason: 'a wrong price' })
  const resumed = await until('the sale goes on', async () => {
    const answer = await change(second, campaignId, 'resume')
    return answer.status === 200 && answer
  })
  expect(resumed.body).toMatchObject({ state: 'open', version: 3, recorded: true, applied: true })
  expect((await press(urls[0] ?? '', campaignId, newUser())).status).toBe(201)
})
