import { afterEach, describe, expect, inject, test } from 'vitest'
import { createProxy, type Proxy } from '../../servers/network/proxy.ts'
import { ask, createTestCampaign, newUser, press, tokenOf } from '../harness/processes/http-client.ts'
import { openConnection } from '../harness/processes/raw-connection.ts'
import { type Running, startPart } from '../harness/processes/start-part.ts'
import { couponIn, openStoredFacts } from '../harness/values/stored-facts.ts'
import { until } from '../harness/values/until.ts'

const [first] = inject('apiUrls')
let api: Running | undefined
let proxy: Proxy | undefined
afterEach(async () => {
  await api?.stop()
  await proxy?.close()
})

const start = async (settings: Record<string, string>): Promise<Running> => {
  const environment = { ...inject('environment'), ...settings }
  return (api = await startPart('api', environment, { folder: inject('folder'), waitFor: 'ready' }))
}
const issue = (campaignId: string, userId: string): string =>
  `POST /v1/campaigns/${campaignId}/coupons HTTP/1.1\r\nhost: api\r\nauthorization: Bearer ${tokenOf(userId)}\r\n\r\n`
const untilStopping = (url: string): Promise<boolean> =>
  until('it says that it goes', async () => {
    const { status, body } = await ask(`${url}/readyz`)
    return status === 503 && body['status'] === 'stopping'
  })

describe('an API process on SIGTERM', () => {
  test('is not ready at once, still sells, and closes each connection with its answer', async () => {
    const { url, pid, exited } = await start({ STOP_DELAY_MS: '3000' })
    const campaignId = await createTestCampaign(url)
    const kept = await openConnection(url)
    kept.send(issue(campaignId, newUser()))
    expect(await kept.answer()).toMatchObject({ status: 201, headers: { connection: 'keep-alive' } })
    process.kill(pid, 'SIGTERM')
    await untilStopping(url)
    kept.send(issue(campaignId, newUser()))
    expect(await kept.answer()).toMatchObject({ status: 201, headers: { connection: 'close' } })
    await kept.closed
    const late = await press(url, campaignId, newUser())
    expect([late.status, late.body['rank']]).toEqual([201, 3])
    // A second signal ends it at once.
    let ended = false
    const end = exited.finally(() => (ended = true))
    await until('it ended', () => {
      if (!ended) process.kill(pid, 'SIGTERM')
      return ended
    })
    expect(await end).toEqual({ code: 130, signal: null })
  })

  test('accepts no new connection and answers the requests under way', async () => {
    const redis = new URL(inject('environment')['REDIS_URL'] ?? '')
    proxy = await createProxy({ host: redis.hostname, port: Number(redis.port) })
    const settings = {
      REDIS_URL: `redis://127.0.0.1:${proxy.port}`,
      GATE_TIMEOUT_MS: '3000',
    }
    const { url, stop, exited } = await start(settings)
    const campaignId = await createTestCampaign(first)
    // It has read the campaign before its way to the gate is closed.
    expect((await press(url, campaignId, newUser())).status).toBe(201)
    const taken = await openConnection(url)
    proxy.hold('answers')
    taken.send(issue(campaignId, newUser()))
    const stored = openStoredFacts()
    await until('the gate has granted it', async () => (await stored.gate(campaignId)).granted === 2)
    const stopped = stop()
    await until('it takes nobody', () =>
      fetch(`${url}/livez`).then(
        () => false,
        ({ cause }: { cause?: { code?: unknown } }) => cause?.code === 'ECONNREFUSED',
      ),
    )
    proxy.release()
    const { status, body } = await taken.answer()
    expect(status).toBe(201)
    await stopped
    expect(await exited).toEqual({ code: 0, signal: null })
    const told = couponIn({ status, headers: new Headers(), body: JSON.parse(body) })
    expect((await stored.drained(campaignId, 2))[1]).toEqual(told)
    await stored.close()
  })
})
