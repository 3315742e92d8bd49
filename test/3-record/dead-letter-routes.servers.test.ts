import { randomUUIDv7 } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { Grant } from '../../coupon/grant.ts'
import { createCampaignRepository } from '../../coupon/ledger/campaigns.ts'
import { encodeGrant, encodeMarker } from '../../coupon/log/log-record.ts'
import { connectDatabase } from '../../platform/mysql/database.ts'
import {
  type ApiAnswer,
  ask,
  createTestCampaign,
  newUser,
  operatorToken,
  press,
  tokenOf,
} from '../harness/processes/http-client.ts'
import { type ForeignWriter, openForeignWriter } from '../harness/values/foreign-writer.ts'
import { newGrant } from '../harness/values/grants.ts'
import { namedTokens } from '../harness/values/named-tokens.ts'
import { openStoredFacts, type StoredFacts } from '../harness/values/stored-facts.ts'
import { until } from '../harness/values/until.ts'

const [first, second] = inject('apiUrls')

let writer: ForeignWriter
let books: StoredFacts
beforeAll(() => {
  ;[writer, books] = [openForeignWriter(), openStoredFacts()]
})
afterAll(() => Promise.all([writer.close(), books.close()]))

const admin = (path: string, options: Parameters<typeof ask>[1] = {}, url = first): Promise<ApiAnswer> =>
  ask(`${url}/v1/admin/${path}`, { token: operatorToken(), ...options })
const pathOf = (id: string): string => `dead-letters/${id.replace(':', '/')}`
const letterOf = async (id: string, url = first) => (await admin(pathOf(id), {}, url)).body
const redrive = (id: string, json: object, options: Parameters<typeof ask>[1] = {}) =>
  admin(`${pathOf(id)}/redrive`, { method: 'POST', json, ...options })
const redriveMany = (json: object, token = operatorToken()) =>
  admin('dead-letter-redrives', { method: 'POST', json, token })

type Item = { id: string; message: string; reason: string; redriveOf: string | null }
const listed = async (query = '', url = first) => {
  const { status, body } = await admin(`dead-letters${query}`, {}, url)
  expect(status).toBe(200)
  return body as { items: Item[]; groups: { reason: string; open: number; advice: string }[]; open: number }
}
/** The letter of this campaign that nobody knows, once the worker has written it. */
const bury = async (grant: Grant): Promise<string> => {
  await writer.toLog(encodeGrant(grant), 'a key')
  return until('it is a dead letter', async () => {
    const { items } = await listed('?reason=unknown-campaign&limit=100')
    return items.find(({ message }) => message.includes(grant.campaignId))?.id
  })
}
const createCampaign = async (id: string): Promise<void> => {
  const url = inject('environment')['DATABASE_URL'] ?? ''
  const database = connectDatabase({ url, connectionsMax: 1, queryTimeoutMs: 5_000 })
  const nowMs = Date.now()
  await createCampaignRepository(database).create(
    id,
    {
      ...{ name: 'Restored', stock: 10, perUserLimit: 1, opensAtMs: nowMs, closesAtMs: nowMs + 3_600_000 },
      coupon: {
        ...{ title: 'Off', discount: { kind: 'percent', value: 10 } },
        ...{ usableFromMs: nowMs, usableUntilMs: nowMs + 7_200_000 },
      },
    },
    nowMs,
  )
  await database.close()
}

test('a letter is read, tried, redriven by name and for a reason, and recorded once its campaign is back', async () => {
  const grant = newGrant({ id: randomUUIDv7() })
  const id = await bury(grant)
  const { grantedAtMs: _, ...facts } = grant
  expect(await letterOf(id, second)).toMatchObject({
    ...{ id, reason: 'unknown-campaign', givenReason: 'unknown-campaign', state: 'open', redriven: null },
    ...{ grant: facts, key: { form: 'text', content: 'a key' }, redrives: 0, redriveOf: null },
    value: { form: 'text', content: encodeGrant(grant), cut: false },
    advice: expect.stringMatching(/^The ledger lost the campaign/),
  })
  expect((await redrive(id, { dryRun: true })).body).toMatchObject({
    ...{ dryRun: true, left: 0 },
    letters: [
      {
        ...{ id, toPartition: 1, outcome: 'planned', to: null },
        outlook: { kind: 'dead-letter', reason: 'unknown-campaign' },
      },
    ],
  })
  await createCampaign(grant.campaignId)
  expect((await redrive(id, { dryRun: true })).body['letters']).toMatchObject([{ outlook: { kind: 'row' } }])
  expect(await books.rows(grant.campaignId)).toEqual([])
  expect((await letterOf(id))['state']).toBe('open')

  const why = `restored ${grant.campaignId}`
  const done = await redrive(id, { dryRun: false, reason: why }, { token: namedTokens.operator })
  expect([done.status, done.body]).toMatchObject([
    200,
    { dryRun: false, left: 0, letters: [{ id, outcome: 'redriven', to: expect.stringMatching(/^1:\d+$/) }] },
  ])
  const [row] = await books.drained(grant.campaignId, 1)
  expect(row).toMatchObject({ couponId: grant.couponId, userId: grant.userId, rank: grant.rank })

  const { letters } = done.body as { letters: { to: string }[] }
  expect(await letterOf(id)).toMatchObject({
    ...{ state: 'redriven', redriven: { to: letters[0]?.to, by: 'ops@test', why } },
  })
  expect((await listed('?limit=100')).items.map((item) => item.id)).not.toContain(id)
  for (const dryRun of [true, false]) {
    const again = await redrive(id, { dryRun, reason: 'again' })
    expect([again.status, again.body['code']]).toEqual([409, 'already-redriven'])
  }
  const logged = inject('logFiles').map((file) => readFileSync(file, 'utf8'))
  const line = logged.flatMap((text) => text.split('\n')).find((one) => one.includes(why))
  expect(line).toContain('an operator redrove dead letters')
  expect(line).toContain('ops@test')
})

test('a redriven letter that fails again is a new one, which names the one before', async () => {
  const grant = newGrant({ id: randomUUIDv7() })
  const id = await bury(grant)
  expect((await redrive(id, { dryRun: false, reason: 'a test' })).status).toBe(200)
  const again = await until('it is a letter again', async () => {
    const { items } = await listed('?reason=unknown-campaign&limit=100')
    return items.find(({ redriveOf }) => redriveOf === id)?.id
  })
  expect(await letterOf(again)).toMatchObject({ redrives: 1, redriveOf: id, state: 'open' })
})

test('a group is counted, tried and redriven: a dry run appends nothing', async () => {
  // No version knows this reason, and no other test writes such letters. Its records are skipped.
  const ids = [
    await writer.toLetters(encodeMarker('a test'), 'of-a-test'),
    await writer.toLetters(Buffer.from([0xff, 0x00]), 'of-a-test'),
  ]
  const list = await until('both are listed', async () => {
    const found = await listed('?reason=other&limit=100')
    return ids.every((id) => found.items.some((item) => item.id === id)) && found
  })
  expect(list.groups.find(({ reason }) => reason === 'other')?.open).toBeGreaterThanOrEqual(2)
  expect(await letterOf(ids[1] ?? '')).toMatchObject({
    ...{ reason: 'other', givenReason: 'of-a-test', grant: null },
    value: { bytes: 2, form: 'hex', content: 'ff00' },
  })
  const ownOf = ({ body }: ApiAnswer) =>
    (body['letters'] as { id: string }[]).filter((letter) => ids.includes(letter.id))
  expect(ownOf(await redriveMany({ dryRun: true, onlyReason: 'other' }))).toMatchObject([
    { id: ids[0], outcome: 'planned', outlook: { kind: 'skipped' } },
    { id: ids[1], outlook: { kind: 'dead-letter', reason: 'undecodable' } },
  ])
  for (const id of ids) expect((await letterOf(id))['state']).toBe('open')
  const redriveOthers = () => redriveMany({ dryRun: false, reason: 'a test', onlyReason: 'other' })
  const done = await redriveOthers()
  expect(done.body).toMatchObject({ dryRun: false, left: 0 })
  expect(ownOf(done)).toMatchObject(ids.map((id) => ({ id, outcome: 'redriven' })))
  expect(ownOf(await redriveOthers())).toEqual([])
  for (const id of ids) expect((await letterOf(id))['state']).toBe('redriven')
})

describe('advice', () => {
  test.each([
    ['ko-KR', /캠페인을 복원/],
    ['fr', /Restore the campaign/],
  ])('is in the language that was asked for: %s', async (language, words) => {
    const id = await bury(newGrant({ id: randomUUIDv7() }))
    const headers = { 'accept-language': language }
    const { body, headers: sent } = await admin(pathOf(id), { headers })
    expect(body['advice']).toMatch(words)
    expect([sent.get('vary'), sent.get('cache-control')]).toEqual(['Accept-Language', 'no-store'])
    const { groups } = (await admin('dead-letters', { headers })).body as Awaited<ReturnType<typeof listed>>
    expect(groups.find(({ reason }) => reason === 'unknown-campaign')?.advice).toMatch(words)
  })
})

describe('what is refused', () => {
  test.each([
    'dead-letters/0/999999999',
    'dead-letters/7/0',
    'dead-letters/x/0',
    'dead-letters/0/1e3',
    'dead-letters/0/-1',
  ])('a place without a letter is 404: %s', async (path) => {
    const answers = [
      await admin(path),
      await admin(`${path}/redrive`, { method: 'POST', json: { dryRun: true } }),
      await admin(`${path}/redrive`, { method: 'POST', json: { dryRun: false, reason: 'a test' } }),
    ]
    expect(answers.map(({ status, body }) => [status, body['code']])).toEqual(
      answers.map(() => [404, 'unknown-dead-letter']),
    )
  })

  test.each([
    ['?reason=nonsense', '/reason'],
    ['?reason=late&reason=late', '/reason'],
    ['?limit=0', '/limit'],
    ['?limit=101', '/limit'],
  ])('a list with %s is 422', async (query, pointer) => {
    const { status, body } = await admin(`dead-letters${query}`)
    expect([status, body['errors']]).toMatchObject([422, [{ pointer }]])
  })

  test.each([
    [{}, '/dryRun'],
    [{ dryRun: 'yes', reason: 'a test' }, '/dryRun'],
    [{ dryRun: false }, '/reason'],
    [{ dryRun: false, reason: ' ' }, '/reason'],
    [{ dryRun: true, reason: 'x'.repeat(201) }, '/reason'],
    [{ dryRun: true, onlyReason: 'nonsense' }, '/onlyReason'],
  ])('a redrive of many with %j is 422', async (json, pointer) => {
    const { status, body } = await redriveMany(json)
    expect([status, body['errors']]).toMatchObject([422, [{ pointer }]])
  })

  test('a redrive of one has no reason of letters', async () => {
    const { status, body } = await redrive('0:0', { dryRun: true, onlyReason: 'late' })
    expect([status, body['code']]).toEqual([422, 'invalid'])
  })

  test('a viewer reads, and redrives nothing, not even on trial', async () => {
    const token = namedTokens.viewer
    const id = await bury(newGrant({ id: randomUUIDv7() }))
    expect((await admin('dead-letters', { token })).status).toBe(200)
    expect((await admin(pathOf(id), { token })).status).toBe(200)
    for (const json of [{ dryRun: true }, { dryRun: false, reason: 'why not' }]) {
      expect((await redrive(id, json, { token })).status).toBe(403)
      expect((await redriveMany(json, token)).status).toBe(403)
    }
    expect((await letterOf(id))['state']).toBe('open')
    for (const other of [namedTokens.orders, tokenOf(newUser())])
      expect([401, 403]).toContain((await admin('dead-letters', { token: other })).status)
  })
})

test('fifty who look at once are answered, and the list is the same for all', async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, () => admin('dead-letters')))
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  expect(new Set(answers.map(({ body }) => body['readAt'])).size).toBeLessThanOrEqual(2)
})

test('presses go on while dead letters are read', async () => {
  const campaignId = await createTestCampaign(first)
  const looking = Array.from({ length: 20 }, () => admin('dead-letters'))
  expect((await press(first, campaignId, newUser())).status).toBe(201)
  expect((await Promise.all(looking)).map(({ status }) => status)).toEqual(looking.map(() => 200))
})
