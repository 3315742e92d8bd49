import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { createOperatorClient } from '../../client/operator-client.ts'
import {
  type ApiAnswer,
  ask,
  campaignDocument,
  changeCampaign,
  createTestCampaign,
  newUser,
  operatorToken,
  outcomeOf,
  press,
} from '../harness/processes/http-client.ts'
import { type Running, startPart } from '../harness/processes/start-part.ts'
import { tokenWithClaims } from '../harness/processes/token-with-claims.ts'
import { namedTokens } from '../harness/values/named-tokens.ts'
import { until } from '../harness/values/until.ts'

const [withoutRehearsals, other] = inject('apiUrls')
let api: Running
beforeAll(async () => {
  api = await startPart(
    'api',
    { ...inject('environment'), REHEARSAL_SHOPPERS_MAX: '2000', REHEARSAL_RATE_MAX: '1000' },
    { folder: inject('folder'), waitFor: 'ready' },
  )
})
afterAll(() => api.stop())

type Asked = { url?: string; token?: string }

const rehearse = (
  campaignId: string,
  json: Record<string, unknown>,
  { url = api.url, token = operatorToken() }: Asked = {},
): Promise<ApiAnswer> =>
  ask(`${url}/v1/admin/campaigns/${campaignId}/rehearsals`, {
    ...{ method: 'POST', token, json: { reason: 'a test', ...json } },
  })
const codeOf = ({ status, body }: ApiAnswer): unknown[] => [status, body['code']]
const pointersOf = ({ body }: ApiAnswer): string[] =>
  (body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer)
const readCampaign = async (campaignId: string): Promise<Record<string, unknown>> =>
  (await ask(`${api.url}/v1/admin/campaigns/${campaignId}`, { token: operatorToken() })).body
const changesOf = async (campaignId: string): Promise<Record<string, unknown>[]> => {
  const path = `${api.url}/v1/admin/campaigns/${campaignId}/changes`
  return (await ask(path, { token: operatorToken() })).body['items'] as Record<string, unknown>[]
}
/** Begins a rehearsal, and returns its campaign. Those of other tests are over before. */
const begin = async (campaignId: string, json: Record<string, unknown>): Promise<string> => {
  let shadow = ''
  await until('no other rehearsal is under way', async () => {
    const answer = await rehearse(campaignId, json)
    if (answer.status === 202) shadow = String(answer.body['id'])
    return answer.body['code'] !== 'rehearsal-under-way'
  })
  expect(shadow).not.toBe('')
  return shadow
}
const ended = async (campaignId: string): Promise<void> => {
  await until('it has ended', async () => (await readCampaign(campaignId))['state'] === 'closed')
}
/** Ends a rehearsal that would take its time. */
const close = async (campaignId: string): Promise<void> => {
  await changeCampaign(api.url, campaignId, 'close', { reason: 'seen enough' })
}
/** So slow that it is under way for as long as a test needs. */
const slow = { shoppers: 400, perSecond: 2 }

test('a rehearsal presses, sells out, ends by itself with its result, and its audit passes', async () => {
  const campaignId = await createTestCampaign(api.url, { name: 'Friday', stock: 100, perUserLimit: 2 })
  const shadow = await begin(campaignId, { shoppers: 300, reason: 'before Friday' })
  await ended(shadow)
  expect(await readCampaign(shadow)).toMatchObject({
    ...{ name: 'Rehearsal: Friday', stock: 100, granted: 100, perUserLimit: 2, rehearsalOf: campaignId },
    coupon: { usableUntil: '1970-01-01T00:00:00.001Z' },
  })
  const [closed, created] = await changesOf(shadow)
  expect(created).toMatchObject({ action: 'created', by: 'operator', reason: 'before Friday' })
  expect(closed).toMatchObject({ action: 'closed', by: 'operator' })
  expect(closed?.['reason']).toMatch(
    /^Rehearsal over: 330 presses in [\d.]+ s: 100 granted, 2\d\d sold out, \d+ already, 0 failed\. p50 /,
  )
  expect(closed?.['reason']).not.toContain('CONTRADICTED')
  const operator = createOperatorClient({ url: api.url, token: operatorToken() })
  await until('its audit passes', async () => (await operator.audit(shadow)).verdict === 'pass')
  // The campaign itself knows nothing of it.
  expect(await readCampaign(campaignId)).toMatchObject({ granted: 0, version: 1, rehearsalOf: null })
})

describe('a real shopper', () => {
  test('wins nothing in a rehearsal, and meets it nowhere', async () => {
    const name = `Secret ${newUser()}`
    const opensAt = new Date(Date.now() + 1_800_000).toISOString()
    const shadow = await begin(await createTestCampaign(api.url, { name, opensAt }), slow)
    const refused = await press(other, shadow, newUser())
    expect([...codeOf(refused), refused.body['claim']]).toEqual([403, 'not-eligible', 'firstcome:rehearsal'])
    const claims = tokenWithClaims(newUser(), { 'firstcome:rehearsal': [true, 'yes', shadow] })
    const path = `${other}/v1/campaigns/${shadow}`
    expect(codeOf(await ask(`${path}/coupons`, { method: 'POST', token: claims }))).toEqual([
      ...[403, 'not-eligible'],
    ])
    expect((await outcomeOf(other, shadow, newUser())).body).toMatchObject({ outcome: 'none', coupons: [] })
    for (const url of [path, `${path}/events`, `${other}/c/${shadow}`])
      expect([url, ...codeOf(await ask(url))]).toEqual([url, 404, 'unknown-campaign'])
    expect(String((await ask(other)).body['text'])).not.toContain(name)
    await close(shadow)
    for (const url of [path, `${path}/events`, `${other}/c/${shadow}`])
      expect([url, ...codeOf(await ask(url))]).toEqual([url, 404, 'unknown-campaign'])
  })

  test('and an order service can use no coupon of it', async () => {
    const shadow = await begin(await createTestCampaign(api.url), { shoppers: 1 })
    await ended(shadow)
    let couponId = ''
    await until('the winner is recorded', async () => {
      const path = `${api.url}/v1/admin/campaigns/${shadow}/winners`
      const { body } = await ask(path, { token: operatorToken() })
      const [winner] = body['items'] as { couponId: string; state: string }[]
      couponId = winner?.couponId ?? ''
      if (winner !== undefined) expect(winner.state).toBe('expired')
      return winner !== undefined
    })
    const use = `${api.url}/v1/coupons/${couponId}/redemptions/order-1`
    expect(codeOf(await ask(use, { method: 'PUT', token: namedTokens.orders }))).toEqual([409, 'expired'])
  })
})

describe('an operator', () => {
  test('has one rehearsal at a time in a deployment, and is told which', async () => {
    const campaignId = await createTestCampaign(api.url)
    const shadow = await begin(campaignId, slow)
    const second = await rehearse(await createTestCampaign(api.url), slow)
    expect([...codeOf(second), second.body['campaignId']]).toEqual([409, 'rehearsal-under-way', shadow])
    await close(shadow)
    // To rehearse a rehearsal is to rehearse its campaign again.
    const again = await begin(shadow, { shoppers: 1 })
    expect(await readCampaign(again)).toMatchObject({ name: 'Rehearsal: Test sale', rehearsalOf: campaignId })
    await ended(again)
  })

  test('pauses, resumes and closes it as a sale, and the presses end with it', async () => {
    const shadow = await begin(await createTestCampaign(api.url), { shoppers: 2_000, perSecond: 50 })
    const isGranting = async (): Promise<number> => Number((await readCampaign(shadow))['granted'])
    await until('somebody has won', async () => (await isGranting()) > 0)
    expect((await changeCampaign(api.url, shadow, 'pause')).status).toBe(200)
    const atPause = await isGranting()
    expect((await changeCampaign(api.url, shadow, 'resume')).status).toBe(200)
    await until('more have won', async () => (await isGranting()) > atPause)
    await close(shadow)
    expect((await changesOf(shadow))[0]).toMatchObject({ action: 'closed', reason: 'seen enough' })
    // The next one may begin at once.
    await ended(await begin(shadow, { shoppers: 1 }))
  })

  test('edits none: its coupons would become usable, or its end be put off', async () => {
    const shadow = await begin(await createTestCampaign(api.url), slow)
    for (const edit of [
      { coupon: { usableUntil: '2030-01-01T00:00:00Z' } },
      { closesAt: '2030-01-01T00:00:00Z' },
      { eligibility: null },
      { name: 'Friday' },
    ]) {
      const answer = await ask(`${api.url}/v1/admin/campaigns/${shadow}`, {
        ...{ method: 'PATCH', token: operatorToken(), headers: { 'if-match': '*' } },
        json: { reason: 'a test', ...edit },
      })
      expect(codeOf(answer)).toEqual([409, 'frozen'])
    }
    await close(shadow)
  })

  test('makes no campaign that looks like one', async () => {
    const eligibility = [{ claim: 'firstcome:rehearsal', anyOf: ['me'] }]
    const created = await ask(`${api.url}/v1/admin/campaigns`, {
      ...{ method: 'POST', token: operatorToken(), json: campaignDocument({ eligibility }) },
    })
    expect([created.status, pointersOf(created)]).toEqual([422, ['/eligibility/0/claim']])
    const opensAt = new Date(Date.now() + 1_800_000).toISOString()
    const campaignId = await createTestCampaign(api.url, { opensAt })
    const edited = await ask(`${api.url}/v1/admin/campaigns/${campaignId}`, {
      ...{ method: 'PATCH', token: operatorToken(), headers: { 'if-match': '*' } },
      json: { reason: 'a test', eligibility },
    })
    expect([edited.status, pointersOf(edited)]).toEqual([422, ['/eligibility/0/claim']])
  })

  test.each<[string, Record<string, unknown>, string]>([
    ['no shopper', { shoppers: 0 }, '/shoppers'],
    ['more shoppers than may be', { shoppers: 2_001 }, '/shoppers'],
    ['more presses a second than may be', { shoppers: 1, perSecond: 1_001 }, '/perSecond'],
    ['presses for more than ten minutes', { shoppers: 2_000, perSecond: 1 }, '/perSecond'],
    ['more coupons than shoppers', { shoppers: 1, stock: 2 }, '/stock'],
    ['no reason', { shoppers: 1, reason: '' }, '/reason'],
    ['another field', { shoppers: 1, speed: 2 }, '/speed'],
  ])('is refused with %s', async (_, json, pointer) => {
    const answer = await rehearse(await createTestCampaign(api.url), json)
    expect([answer.status, pointersOf(answer)]).toEqual([422, [pointer]])
  })

  test('rehearses only what there is, and a viewer nothing', async () => {
    const unknown = '0199aaaa-0000-7000-8000-000000000001'
    expect(codeOf(await rehearse(unknown, { shoppers: 1 }))).toEqual([404, 'unknown-campaign'])
    expect(codeOf(await rehearse(unknown, { shoppers: 1 }, { token: namedTokens.viewer }))).toEqual([
      ...[403, 'forbidden'],
    ])
  })

  test('is told whether it is allowed, which it is not by default', async () => {
    const campaignId = await createTestCampaign(withoutRehearsals)
    expect(codeOf(await rehearse(campaignId, { shoppers: 1 }, { url: withoutRehearsals }))).toEqual([
      ...[403, 'rehearsals-off'],
    ])
    const limitsOf = async (url: string): Promise<unknown> =>
      (await ask(`${url}/v1/admin/me`, { token: operatorToken() })).body['rehearsals']
    expect(await limitsOf(withoutRehearsals)).toBeNull()
    expect(await limitsOf(api.url)).toEqual({ shoppersMax: 2_000, perSecondMax: 1_000 })
  })
})

test('a process that stops ends its rehearsal', async () => {
  const own = await startPart(
    'api',
    { ...inject('environment'), REHEARSAL_SHOPPERS_MAX: '2000' },
    { folder: inject('folder'), waitFor: 'ready' },
  )
  const campaignId = await createTestCampaign(own.url)
  let shadow = ''
  await until('no other rehearsal is under way', async () => {
    const answer = await rehearse(campaignId, slow, { url: own.url })
    shadow = String(answer.body['id'])
    return answer.status === 202
  })
  await own.stop()
  expect(await readCampaign(shadow)).toMatchObject({ state: 'closed' })
  expect((await changesOf(shadow))[0]?.['reason']).toMatch(/^Its process stopped: \d+ presses in /)
})
