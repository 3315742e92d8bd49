import { describe, expect, inject, test } from 'vitest'
import { ask, campaignDocument, operatorToken } from '../harness/processes/http-client.ts'

const [first] = inject('apiUrls')
const path = '/v1/admin/campaigns'

const create = (request: { json?: unknown; body?: string; headers?: Record<string, string> }) =>
  ask(`${first}${path}`, { method: 'POST', token: operatorToken(), ...request })

const base = campaignDocument()
const baseCoupon = base['coupon'] as Record<string, unknown>

/** The document with the value at `pointer` replaced; `undefined` leaves the field out. */
const withValue = (pointer: string, value: unknown): Record<string, unknown> => {
  const document = structuredClone(base)
  const names = pointer.slice(1).split('/')
  const last = names.pop() ?? ''
  let at: Record<string, unknown> = document
  for (const name of names) at = at[name] as Record<string, unknown>
  at[last] = value
  return document
}

const texts = (pointer: string): [string, unknown][] => [
  [pointer, undefined],
  [pointer, ''],
  [pointer, '   '],
  [pointer, 'x'.repeat(201)],
  [pointer, '\ud800'],
  [pointer, 7],
  [pointer, null],
]
const times = (pointer: string): [string, unknown][] => [
  [pointer, 'tomorrow'],
  [pointer, '2026-11-27'],
  [pointer, '2026-11-27T09:00:00'],
  [pointer, '2026-02-30T09:00:00Z'],
  [pointer, '2026-11-27T25:00:00Z'],
  [pointer, '2026-11-27T09:00:00+25:00'],
  [pointer, '1969-12-31T23:59:59Z'],
  [pointer, 1_795_255_200_000],
  [pointer, null],
]
const wholeNumbers = (pointer: string, beyond: number): [string, unknown][] => [
  [pointer, 0],
  [pointer, -1],
  [pointer, 1.5],
  [pointer, '1'],
  [pointer, true],
  [pointer, [1]],
  [pointer, beyond],
  [pointer, 1e300],
]

const until = '/coupon/usableUntil'

describe('invalid fields of a new campaign are 422', () => {
  test.each<[string, unknown]>([
    ...texts('/name'),
    ['/stock', undefined],
    ...wholeNumbers('/stock', 10_000_001),
    ...wholeNumbers('/perUserLimit', 11),
    ['/opensAt', undefined],
    ...times('/opensAt'),
    ['/closesAt', undefined],
    ...times('/closesAt'),
    ['/closesAt', base['opensAt']],
    ['/closesAt', '2020-01-01T00:00:00Z'],
    ['/coupon', undefined],
    ['/coupon', 'a coupon'],
    ['/coupon', []],
    ...texts('/coupon/title'),
    ['/coupon/discount', undefined],
    ['/coupon/discount', 1_000],
    ['/coupon/discount/kind', undefined],
    ['/coupon/discount/kind', 'gift'],
    ['/coupon/discount/value', undefined],
    ...wholeNumbers('/coupon/discount/value', 2 ** 53),
    ['/coupon/discount/currency', 'won'],
    ['/coupon/discount/currency', 'KRWX'],
    ['/coupon/discount/currency', 410],
    ...times('/coupon/usableFrom'),
    ['/coupon/usableUntil', undefined],
    ...times('/coupon/usableUntil'),
    ['/coupon/usableUntil', base['opensAt']],
    ['/id', 'mine'],
    ['/state', 'open'],
    ['/__proto__', {}],
    ['/coupon/code', 'A1'],
    ['/coupon/discount/percent', 10],
  ])('a document that breaks a rule is 422 and says where: %s = %j', async (pointer, value) => {
    const document = withValue(pointer, value)
    // An own field of this name: an assignment would have set the prototype.
    const body = pointer === '/__proto__' ? JSON.stringify(base).replace('{', '{"__proto__":{},') : undefined
    const json = { 'content-type': 'application/json' }
    const answer = await create(body === undefined ? { json: document } : { body, headers: json })
    expect([answer.status, answer.body['code']]).toEqual([422, 'invalid'])
    const errors = answer.body['errors'] as { pointer: string; message: string }[]
    expect(new Set(errors.map((error) => error.pointer))).toEqual(new Set([pointer]))
    for (const { message } of errors) expect(message.length).toBeGreaterThan(0)
  })

  test.each(['/opensAt', '/closesAt', '/coupon/usableFrom', '/coupon/usableUntil'])(
    'a time past the year 9999, which RFC 3339 cannot write in UTC: %s',
    async (pointer) => {
      const answer = await create({ json: withValue(pointer, '9999-12-31T23:59:59.999-12:00') })
      expect(answer.status).toBe(422)
      // Those that have to lie after it may be named too.
      expect(answer.body['errors']).toContainEqual(expect.objectContaining({ pointer }))
    },
  )

  test.each<[string, string, string, string[]]>([
    ['it closed', '2020-02-01T00:00:00Z', '2099-01-01T00:00:00Z', ['/closesAt']],
    ['it and its coupons are over', '2020-02-01T00:00:00Z', '2020-03-01T00:00:00Z', ['/closesAt', until]],
    ['its coupons have expired', '2099-01-01T00:00:00Z', '2020-03-01T00:00:00Z', [until]],
    ['coupons expire before it closes', '2099-01-01T00:00:00Z', '2098-12-31T23:59:59Z', [until]],
  ])('a campaign is refused when %s', async (_, closesAt, usableUntil, pointers) => {
    const json = campaignDocument({
      opensAt: '2020-01-01T00:00:00Z',
      closesAt,
      coupon: { ...baseCoupon, usableUntil },
    })
    const answer = await create({ json })
    expect([answer.status, answer.body['code']]).toEqual([422, 'invalid'])
    const errors = answer.body['errors'] as { pointer: string; message: string }[]
    expect(errors.map(({ pointer }) => pointer)).toEqual(pointers)
    for (const { message } of errors)
      expect(message).toMatch(/^expected (a time after now|closesAt or a later)/)
  })

  test('a campaign may have opened already, and coupons may expire as it closes', async () => {
    const closesAt = '2099-01-01T00:00:00Z'
    const coupon = { ...baseCoupon, usableUntil: closesAt }
    const json = campaignDocument({ opensAt: '2020-01-01T00:00:00Z', closesAt, coupon })
    expect((await create({ json })).status).toBe(201)
  })

  test.each<[string, unknown, string]>([
    ['a percentage over 100', { kind: 'percent', value: 101 }, '/coupon/discount/value'],
    [
      'a currency of a percentage',
      { kind: 'percent', value: 10, currency: 'KRW' },
      '/coupon/discount/currency',
    ],
  ])('the discount is checked by its kind: %s', async (_, discount, pointer) => {
    const answer = await create({ json: campaignDocument({ coupon: { ...baseCoupon, discount } }) })
    expect(answer.status).toBe(422)
    expect(answer.body['errors']).toMatchObject([{ pointer }])
  })

  test('every fault of a document at once, with names escaped as JSON pointers', async () => {
    const answer = await create({
      json: campaignDocument({ name: '', stock: 0, closesAt: 'never', 'a/b~c': 1, coupon: {} }),
    })
    const errors = answer.body['errors'] as { pointer: string }[]
    expect(new Set(errors.map(({ pointer }) => pointer))).toEqual(
      new Set([
        '/name',
        '/stock',
        '/closesAt',
        '/a~1b~0c',
        '/coupon/title',
        '/coupon/discount',
        '/coupon/usableUntil',
      ]),
    )
  })

  test.each(['null', '[]', '"text"', '7', '[{}]'])('a document that is not an object: %s', async (body) => {
    const answer = await create({ body, headers: { 'content-type': 'application/json' } })
    expect([answer.status, answer.body['errors']]).toMatchObject([422, [{ pointer: '' }]])
  })
})
