import { randomUUID } from 'node:crypto'
import { describe, expect, inject, test } from 'vitest'
import {
  type ApiAnswer,
  ask,
  campaignDocument,
  createTestCampaign,
  newUser,
  operatorToken,
  press,
  tokenOf,
} from '../harness/processes/http-client.ts'

const [first] = inject('apiUrls')
const campaigns = `${first}/v1/admin/campaigns`
const json = { 'content-type': 'application/json' }
const text = JSON.stringify(campaignDocument())
const asOperator = { token: operatorToken() }

/** Sends these very characters as the body of a new campaign. */
const createFrom = (body: string): Promise<ApiAnswer> =>
  ask(campaigns, { method: 'POST', ...asOperator, headers: json, body })

const createWith = (changes: Record<string, unknown>): Promise<ApiAnswer> =>
  ask(campaigns, { method: 'POST', ...asOperator, json: campaignDocument(changes) })

const coupon = campaignDocument()['coupon'] as Record<string, unknown>
const pointersOf = ({ body }: ApiAnswer): string[] => [
  ...new Set((body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer)),
]

describe('text at its edges', () => {
  test.each([
    ['200 letters', 'x'.repeat(200)],
    ['200 faces, which are 400 units of UTF-16', '😀'.repeat(200)],
    ['a family of seven code points', '👨‍👩‍👧‍👦'],
    ['a flag, a keycap and a tone', '🇰🇷1️⃣👍🏽'],
    ['Korean, composed and not', `${'각'.normalize('NFC')}${'각'.normalize('NFD')}`],
    ['right to left', 'خصم ٪١٠'],
    ['marks on marks', `z${'\u0301'.repeat(50)}`],
    ['what looks like markup, SQL or a path', "<b>'); DROP TABLE coupons;-- ../../etc $(x) %00 {{7*7}}"],
    ['a space that does not break, and one of no width', '10\u00a0% \u200boff'],
    ['the last character of Unicode that is one', '\u{10fffd}'],
  ])('%s comes back as it was sent', async (_, name) => {
    const document = campaignDocument({ name })
    const titled = { ...document, coupon: { ...(document['coupon'] as object), title: name } }
    const created = await createWith(titled)
    expect([created.status, created.body['name']]).toEqual([201, name])
    const id = String(created.body['id'])
    const read = await ask(`${first}/v1/campaigns/${id}`)
    expect([read.body['name'], read.body['coupon']]).toMatchObject([name, { title: name }])
    expect((await press(first, id, newUser())).body['title']).toBe(name)
  })

  test.each([
    ['201 faces', '😀'.repeat(201)],
    ['NUL', 'a\u0000b'],
    ['a line feed', 'a\nb'],
    ['an escape', '\u001b[31mred'],
    ['DEL', 'a\u007f'],
    ['a control of the second block', 'a\u0085b'],
    ['half of a face', '😀'.slice(0, 1)],
    ['spaces of other scripts', '\u3000\u2003\u00a0'],
  ])('%s is 422 and names the field', async (_, name) => {
    const answer = await createWith({ name })
    expect([answer.status, answer.body['code'], pointersOf(answer)]).toEqual([422, 'invalid', ['/name']])
  })
})

describe('numbers at their edges', () => {
  test.each([
    ['1', 1],
    ['1.0', 1],
    ['1e3', 1_000],
    ['10000000', 10_000_000],
    ['1E+7', 10_000_000],
  ])('a stock that is written %s is %i', async (written, stock) => {
    const answer = await createFrom(text.replace('"stock":100', `"stock":${written}`))
    expect([answer.status, answer.body['stock']]).toEqual([201, stock])
  })

  test.each([
    '0',
    '-0',
    '-1',
    '0.5',
    '10000000.5',
    '10000001',
    '1e400',
    '-1e400',
    '9007199254740993',
    '1e-400',
  ])('a stock that is written %s is 422', async (written) => {
    const answer = await createFrom(text.replace('"stock":100', `"stock":${written}`))
    expect([answer.status, answer.body['code'], pointersOf(answer)]).toEqual([422, 'invalid', ['/stock']])
  })

  test.each(['01', '+1', '.5', '1.', '0x10', '1_000', 'NaN', 'Infinity', '-', '1e'])(
    'a stock that is written %s is no JSON: 400',
    async (written) => {
      const answer = await createFrom(text.replace('"stock":100', `"stock":${written}`))
      expect([answer.status, answer.body['code']]).toEqual([400, 'malformed'])
    },
  )
})

describe('times at their edges', () => {
  const opensAt = '2026-01-01T00:00:00.000Z'

  test.each([
    ['the last millisecond of 9999', '9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
    ['the last of 9999 in Seoul', '9999-12-31T23:59:59+09:00', '9999-12-31T14:59:59.000Z'],
    ['the widest zones', '2099-06-01T00:00:00+14:00', '2099-05-31T10:00:00.000Z'],
    ['the widest zones of the west', '2099-06-01T00:00:00-12:00', '2099-06-01T12:00:00.000Z'],
    ['a zone of half an hour', '2099-06-01T00:00:00+05:45', '2099-05-31T18:15:00.000Z'],
    ['an hour that a summer time skips', '2099-03-29T02:30:00+01:00', '2099-03-29T01:30:00.000Z'],
    ['an hour that comes twice, first', '2099-10-25T02:30:00+02:00', '2099-10-25T00:30:00.000Z'],
    ['an hour that comes twice, second', '2099-10-25T02:30:00+01:00', '2099-10-25T01:30:00.000Z'],
    ['a leap day', '2096-02-29T12:00:00Z', '2096-02-29T12:00:00.000Z'],
    [
      'nanoseconds, of which milliseconds are kept',
      '2099-06-01T00:00:00.123456789Z',
      '2099-06-01T00:00:00.123Z',
    ],
  ])('%s: %s is %s', async (_, sent, answered) => {
    const answer = await createWith({
      opensAt,
      closesAt: opensAt.replace('2026', '2095'),
      coupon: { ...coupon, usableUntil: sent },
    })
    expect([answer.status, answer.body['coupon']]).toMatchObject([201, { usableUntil: answered }])
  })

  test.each([
    ['a leap day of a year without one', '2100-02-29T12:00:00Z'],
    ['the 31st of a short month', '2099-04-31T00:00:00Z'],
    ['the hour 24', '2099-06-01T24:00:00Z'],
    ['a leap second', '2099-06-30T23:59:60Z'],
    ['month 13', '2099-13-01T00:00:00Z'],
    ['the year 10000', '+010000-01-01T00:00:00Z'],
    ['the year 0', '0000-01-01T00:00:00Z'],
    ['no zone', '2099-06-01T00:00:00'],
    ['the name of a zone', '2099-06-01T00:00:00 Asia/Seoul'],
    ['a zone without a colon', '2099-06-01T00:00:00+0900'],
    ['a date alone', '2099-06-01'],
    ['digits of another script', '２０９９-06-01T00:00:00Z'],
    ['a line feed behind it', '2099-06-01T00:00:00Z\n'],
    ['milliseconds since 1970', '4083955200000'],
  ])('%s is 422: %s', async (_, sent) => {
    const answer = await createWith({ opensAt, coupon: { ...coupon, usableUntil: sent } })
    expect([answer.status, pointersOf(answer)]).toEqual([422, ['/coupon/usableUntil']])
  })
})

describe('documents at their edges', () => {
  test.each([
    ['with the same value', text.replace('{', '{"stock":100,'), 'stock'],
    ['with another value', text.replace('{', '{"stock":1,'), 'stock'],
    ['written with an escape', text.replace('{', String.raw`{"\u0073tock":1,`), 'stock'],
    ['within the coupon', text.replace('"title"', '"title":"a","title"'), 'title'],
    ['of no field', text.replace('{', '{"x":1,"x":1,'), 'x'],
  ])(
    'a name that occurs twice is 400, because two readers could take two values: %s',
    async (_, body, name) => {
      const answer = await createFrom(body)
      expect([answer.status, answer.body['code']]).toEqual([400, 'malformed'])
      expect(answer.body['detail']).toContain(`"${name}" twice`)
    },
  )

  const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`

  test.each([
    ['a field of 3,900 levels', text.replace('"Test sale"', nested(3_900)), 422, ['/name']],
    ['an unknown field of 3,900 levels', text.replace('{', `{"x":${nested(3_900)},`), 422, ['/x']],
    ['nothing but 4,096 levels', nested(4_096), 422, ['']],
    ['1,500 objects in each other', `${'{"a":'.repeat(1_300)}1${'}'.repeat(1_300)}`, 422, undefined],
  ])('depth costs nothing but an answer: %s', async (_, body, status, pointers) => {
    const answer = await createFrom(body)
    expect(answer.status).toBe(status)
    if (pointers !== undefined) expect(pointersOf(answer)).toEqual(pointers)
  })

  test.each([
    ['10,000 levels', nested(10_000)],
    ['a megabyte of spaces', ' '.repeat(1_000_000)],
    ['a megabyte of a name', text.replace('Test sale', 'x'.repeat(1_000_000))],
    ['a byte too many', text.padEnd(8_193)],
  ])('%s is 413', async (_, body) => {
    const answer = await createFrom(body)
    expect([answer.status, answer.body['code']]).toEqual([413, 'too-large'])
  })

  test('8,192 bytes are accepted, and 700 unknown fields are all named, ten of them in words', async () => {
    expect((await createFrom(text.padEnd(8_192))).status).toBe(201)
    const fields = Object.fromEntries(Array.from({ length: 700 }, (_, at) => [`f${at}`, 0]))
    const answer = await createFrom(JSON.stringify(fields))
    expect(answer.status).toBe(422)
    expect(answer.body['detail']).toMatch(/; and 69\d more$/)
    expect(pointersOf(answer).filter((pointer) => pointer.startsWith('/f'))).toHaveLength(700)
  })

  test.each(['\u0000', '', ' ', '\ufeff{}', 'null', '{"a":1}\u0000', '// a\n{}', '{a:1}', "{'a':1}", '[1,]'])(
    'what is no object of JSON is 400 or 422, and never an internal error: %j',
    async (body) => {
      const answer = await createFrom(body)
      expect([answer.status, answer.body['code']]).toEqual(
        body === 'null' ? [422, 'invalid'] : [400, 'malformed'],
      )
    },
  )
})

describe('every route that takes a body has the same edges', () => {
  const bodies: [string, string, number, string][] = [
    ['nothing', '', 400, 'malformed'],
    ['a name twice', '{"reason":"a","reason":"b"}', 400, 'malformed'],
    ['a list', '[]', 422, 'invalid'],
    ['an unknown field', '{"reason":"a","stock":5,"x":1}', 422, 'invalid'],
    ['NUL in the reason', String.raw`{"reason":"a\u0000b","stock":200}`, 422, 'invalid'],
    ['a megabyte', `{"reason":"${'x'.repeat(1_000_000)}"}`, 413, 'too-large'],
  ]
  const routes = ['POST pause', 'POST resume', 'POST close', 'PUT stock']

  test.each(routes.flatMap((route) => bodies.map((body) => [route, ...body] as const)))(
    '%s with %s',
    async (route, _, body, status, code) => {
      const [method = '', name = ''] = route.split(' ')
      const id = await createTestCampaign(first)
      const headers = { ...json, 'if-match': '*' }
      const answer = await ask(`${campaigns}/${id}/${name}`, { method, ...asOperator, headers, body })
      expect([answer.status, answer.body['code']]).toEqual([status, code])
      expect((await ask(`${campaigns}/${id}`, asOperator)).body['version']).toBe(1)
    },
  )

  test.each([
    '""',
    '"',
    '1',
    'W/"1"',
    '"0"',
    '"01"',
    '"-1"',
    '"1.0"',
    '"99999999999"',
    '"1", "2"',
    '**',
    'x',
  ])('an If-Match that names no version is 428, and nothing is changed: %s', async (tag) => {
    const id = await createTestCampaign(first)
    const headers = { 'if-match': tag }
    const asked = { method: 'POST', ...asOperator, headers, json: { reason: 'edge' } }
    const answer = await ask(`${campaigns}/${id}/pause`, asked)
    expect([answer.status, answer.body['code']]).toEqual([428, 'version-required'])
    expect((await ask(`${campaigns}/${id}`, asOperator)).body['state']).toBe('open')
  })
})

describe('ids at their edges', () => {
  const ids = [
    ['in capitals', (id: string) => id.toUpperCase()],
    ['with braces', (id: string) => `{${id}}`],
    ['without hyphens', (id: string) => id.replaceAll('-', '')],
    ['one character short', (id: string) => id.slice(0, -1)],
    ['with an escaped slash', (id: string) => `${id}%2fx`],
    ['with NUL', (id: string) => `${id}%00`],
    ['of bytes that are not UTF-8', () => '%ff%fe'],
    ['of a face', () => encodeURIComponent('😀')],
    ['of 8,000 characters', () => 'x'.repeat(8_000)],
    ['of nobody', () => randomUUID()],
  ] as const

  test.each(ids)('an id %s leads to nothing: 404 everywhere', async (_, change) => {
    const id = change(await createTestCampaign(first))
    const asShopper = { token: tokenOf(newUser()) }
    const answers = await Promise.all([
      ask(`${first}/v1/campaigns/${id}`),
      ask(`${first}/v1/campaigns/${id}/coupons`, { method: 'POST', ...asShopper }),
      ask(`${first}/v1/campaigns/${id}/coupons/mine`, asShopper),
      ask(`${first}/v1/coupons/${id}`, asShopper),
      ask(`${campaigns}/${id}`, asOperator),
      ask(`${campaigns}/${id}/changes`, asOperator),
    ])
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404))
  })
})
