import { describe, expect, inject, test } from 'vitest'
import {
  type ApiAnswer,
  ask,
  campaignDocument,
  changeCampaign,
  createTestCampaign,
  newUser,
  operatorToken,
} from '../harness/processes/http-client.ts'
import { tokenWithClaims } from '../harness/processes/token-with-claims.ts'

const [first, second] = inject('apiUrls')
const gold = { claim: 'tier', anyOf: ['gold', 'vip'] }
const member = { claim: 'https://shop.example/member', anyOf: ['true'] }
const both = { tier: 'vip', 'https://shop.example/member': true }

const pressAs = (
  campaignId: string,
  claims: Record<string, unknown>,
  { url = first, userId = newUser() } = {},
): Promise<ApiAnswer> =>
  ask(`${url}/v1/campaigns/${campaignId}/coupons`, { method: 'POST', token: tokenWithClaims(userId, claims) })
const codeOf = ({ status, body }: ApiAnswer): unknown[] => [status, body['code']]

describe('a campaign with rules', () => {
  test('gives coupons to callers who meet all of them, on every process, and tells others which they do not', async () => {
    const campaignId = await createTestCampaign(first, { stock: 3, eligibility: [gold, member] })
    for (const url of [first, second]) {
      expect((await pressAs(campaignId, both, { url })).status).toBe(201)
      const refused = await pressAs(campaignId, { tier: 'vip' }, { url })
      expect([...codeOf(refused), refused.body['claim']]).toEqual([403, 'not-eligible', member.claim])
      expect(refused.body['detail']).toContain('true')
      expect((await pressAs(campaignId, { ...both, tier: 'silver' }, { url })).body['claim']).toBe('tier')
    }
    const read = await ask(`${first}/v1/admin/campaigns/${campaignId}`, { token: operatorToken() })
    expect(read.body['granted']).toBe(2)
  })

  test('never turns a winner away whose token no longer meets them, also after the close', async () => {
    const campaignId = await createTestCampaign(first, { stock: 1, eligibility: [gold] })
    const userId = newUser()
    const won = await pressAs(campaignId, { tier: 'gold' }, { userId })
    expect(won.status).toBe(201)
    const again = async (): Promise<unknown[]> => {
      const { status, body } = await pressAs(campaignId, { tier: 'silver' }, { url: second, userId })
      return [status, body['id']]
    }
    expect(await again()).toEqual([200, won.body['id']])
    await changeCampaign(first, campaignId, 'close')
    expect(await again()).toEqual([200, won.body['id']])
    expect(codeOf(await pressAs(campaignId, {}))).toEqual([403, 'not-eligible'])
  })

  test('tells who is not eligible so before the opening too', async () => {
    const opensAt = new Date(Date.now() + 1_800_000).toISOString()
    const campaignId = await createTestCampaign(first, { opensAt, eligibility: [gold] })
    expect(codeOf(await pressAs(campaignId, {}))).toEqual([403, 'not-eligible'])
    expect(codeOf(await pressAs(campaignId, { tier: 'gold' }))).toEqual([409, 'not-open'])
  })

  test('shows them to everyone, in its changes, and after an edit', async () => {
    const opensAt = new Date(Date.now() + 1_800_000).toISOString()
    const campaignId = await createTestCampaign(first, {
      opensAt,
      eligibility: [gold],
      timeZone: 'Asia/Seoul',
    })
    const admin = `${first}/v1/admin/campaigns/${campaignId}`
    const page = async (): Promise<Record<string, unknown>> =>
      (await ask(`${first}/v1/campaigns/${campaignId}`)).body
    expect(await page()).toMatchObject({ eligibility: [gold], timeZone: 'Asia/Seoul' })
    const edit = (json: object): Promise<ApiAnswer> =>
      ask(admin, {
        ...{ method: 'PATCH', token: operatorToken(), headers: { 'if-match': '*' } },
        json: { reason: 'a test', ...json },
      })
    expect((await edit({ eligibility: [member] })).body).toMatchObject({ eligibility: [member] })
    expect((await edit({ eligibility: null, timeZone: null })).body).toMatchObject({
      ...{ eligibility: [], timeZone: 'UTC' },
    })
    const { body } = await ask(`${admin}/changes`, { token: operatorToken() })
    const settings = (body['items'] as { settings: object }[]).map((item) => item.settings)
    expect(settings).toMatchObject([
      { eligibility: [], timeZone: 'UTC' },
      { eligibility: [member], timeZone: 'Asia/Seoul' },
      { eligibility: [gold], timeZone: 'Asia/Seoul' },
    ])
  })

  test('keeps them once it has opened', async () => {
    const campaignId = await createTestCampaign(first, { eligibility: [gold] })
    const answer = await ask(`${first}/v1/admin/campaigns/${campaignId}`, {
      ...{ method: 'PATCH', token: operatorToken(), headers: { 'if-match': '*' } },
      json: { reason: 'a test', eligibility: [] },
    })
    expect([...codeOf(answer), answer.body['errors']]).toEqual([
      ...[409, 'frozen'],
      [{ pointer: '/eligibility', message: expect.stringContaining('frozen') }],
    ])
  })
})

const rules = (count: number) => Array.from({ length: count }, (_, at) => ({ claim: `c${at}`, anyOf: ['x'] }))
const values = (count: number) => Array.from({ length: count }, (_, at) => `v${at}`)
const create = (changes: Record<string, unknown>): Promise<ApiAnswer> =>
  ask(`${first}/v1/admin/campaigns`, {
    ...{ method: 'POST', token: operatorToken(), json: campaignDocument(changes) },
  })

describe('what a campaign may ask for', () => {
  test.each<[string, unknown]>([
    ['no rule', []],
    ['5 rules', rules(5)],
    ['10 values', [{ claim: 'c', anyOf: values(10) }]],
    ['a claim of 64 characters', [{ claim: 'c'.repeat(64), anyOf: ['x'] }]],
    ['a value of 50 characters, with a space', [{ claim: 'c', anyOf: [`${'x'.repeat(48)} y`] }]],
  ])('%s', async (_, eligibility) => {
    const { status, body } = await create({ eligibility })
    expect([status, body['eligibility']]).toEqual([201, eligibility])
  })

  test.each<[string, unknown, string]>([
    ['6 rules', rules(6), '/eligibility'],
    ['one claim twice', [gold, gold], '/eligibility'],
    ['no value', [{ claim: 'c', anyOf: [] }], '/eligibility/0/anyOf'],
    ['11 values', [{ claim: 'c', anyOf: values(11) }], '/eligibility/0/anyOf'],
    ['one value twice', [{ claim: 'c', anyOf: ['x', 'x'] }], '/eligibility/0/anyOf'],
    ['a claim of 65 characters', [{ claim: 'c'.repeat(65), anyOf: ['x'] }], '/eligibility/0/claim'],
    ['an empty claim', [{ claim: '', anyOf: ['x'] }], '/eligibility/0/claim'],
    ['a value of 51 characters', [{ claim: 'c', anyOf: ['x'.repeat(51)] }], '/eligibility/0/anyOf/0'],
    ['a number', [{ claim: 'c', anyOf: [1] }], '/eligibility/0/anyOf/0'],
    ['a value that is not ASCII', [{ claim: 'c', anyOf: ['금'] }], '/eligibility/0/anyOf/0'],
    ['another field', [{ claim: 'c', anyOf: ['x'], not: ['y'] }], '/eligibility/0/not'],
    ['one rule without a list', gold, '/eligibility'],
  ])('but not %s', async (_, eligibility, pointer) => {
    const { status, body } = await create({ eligibility })
    expect([status, (body['errors'] as { pointer: string }[])[0]?.pointer]).toEqual([422, pointer])
  })

  test.each(['Asia/Seoul', 'America/Argentina/Buenos_Aires', 'UTC'])('the zone %s', async (timeZone) => {
    expect((await create({ timeZone })).body['timeZone']).toBe(timeZone)
  })

  test.each(['', 'Mars/Olympus', '+09:00', 'Asia/Seoul ', 'a'.repeat(65), 9, null])(
    'but not the zone %j',
    async (timeZone) => {
      const { status, body } = await create({ timeZone })
      expect([status, (body['errors'] as { pointer: string }[])[0]?.pointer]).toEqual([422, '/timeZone'])
    },
  )
})
