import { readFileSync } from 'node:fs'
import { describe, expect, inject, test } from 'vitest'
import { scrape } from '../harness/metrics/metric-text.ts'
import {
  createTestCampaign,
  newUser,
  operatorToken,
  outcomeOf,
  tokenOf,
} from '../harness/processes/http-client.ts'
import { openConnection, type RawAnswer } from '../harness/processes/raw-connection.ts'
import { startPart } from '../harness/processes/start-part.ts'
import { openStoredFacts } from '../harness/values/stored-facts.ts'
import { until } from '../harness/values/until.ts'

const [first] = inject('apiUrls')

const bearer = (token: string): string => `Authorization: Bearer ${token}\r\n`
const requestOf = (method: string, path: string, headers: string): string =>
  `${method} ${path} HTTP/1.1\r\nHost: api\r\n${headers}\r\n`

const answerTo = async (request: string): Promise<RawAnswer> => {
  const connection = await openConnection(first)
  connection.send(request)
  try {
    return await connection.answer()
  } finally {
    connection.end()
  }
}

const codeOf = ({ status, body }: RawAnswer): [number, unknown] => [status, JSON.parse(body).code]

describe('a path is what it looks like', () => {
  test.each([
    '/v1/campaigns/../admin/campaigns',
    '/v1/campaigns/%2e%2e/admin/campaigns',
    '/v1/campaigns/.%2E/admin/campaigns',
    '/v1/campaigns/x/../../admin/campaigns',
    '/v1/./admin/campaigns',
    '/v1/campaigns\\..\\admin\\campaigns',
    '/v1/%61dmin/campaigns',
    '/v1/%61%64%6D%69%6E/campaigns',
    'http://api/v1/campaigns/../admin/campaigns',
  ])('an operator’s route is not reached by another path: %s', async (path) => {
    const answer = await answerTo(requestOf('GET', path, bearer(operatorToken())))
    expect(codeOf(answer)).toEqual([400, 'bad-request'])
  })

  test.each([
    '//v1/admin/campaigns',
    '/v1//admin/campaigns',
    '/v1/admin%2Fcampaigns',
    '/v1/campaigns/..%2Fadmin%2Fcampaigns',
    '/v1/admin/campaigns;a=b',
    '/v1/admin/campaigns/',
    '/v1/%2561dmin/campaigns',
  ])('a path that only resembles one is 404: %s', async (path) => {
    expect((await answerTo(requestOf('GET', path, bearer(operatorToken())))).status).toBe(404)
  })

  test('a target in absolute form is served as its path', async () => {
    const answer = await answerTo(
      requestOf('GET', 'http://elsewhere/v1/admin/campaigns?limit=1', bearer(operatorToken())),
    )
    expect(answer.status).toBe(200)
  })
})

describe('a header that may be sent once is refused when it comes twice', () => {
  test('two credentials, whichever comes first', async () => {
    const campaignId = await createTestCampaign(first)
    const [user, other] = [newUser(), newUser()]
    for (const headers of [
      bearer(tokenOf(user)) + bearer(tokenOf(other)),
      bearer(tokenOf(user)) + bearer('none'),
      `${bearer('none')}authorization: Bearer ${tokenOf(user)}\r\n`,
    ]) {
      const answer = await answerTo(requestOf('POST', `/v1/campaigns/${campaignId}/coupons`, headers))
      expect(codeOf(answer)).toEqual([400, 'bad-request'])
    }
    for (const userId of [user, other])
      expect((await outcomeOf(first, campaignId, userId)).body['outcome']).toBe('none')
  })

  test.each([
    ['Idempotency-Key: "a"\r\nIdempotency-Key: "b"\r\n'],
    ['Idempotency-Key: a\r\nidempotency-key: a\r\n'],
    ['Content-Type: application/json\r\nContent-Type: text/plain\r\n'],
    ['Content-Length: 2\r\nContent-Length: 2\r\n'],
    ['Content-Length: 2\r\nTransfer-Encoding: chunked\r\n'],
  ])('nothing is created with %j', async (headers) => {
    const answer = await answerTo(requestOf('POST', '/v1/admin/campaigns', bearer(operatorToken()) + headers))
    expect(codeOf(answer)).toEqual([400, 'bad-request'])
  })
})

test('a press whose client closes its side gets its coupon and its answer, twenty of twenty', async () => {
  const campaignId = await createTestCampaign(first)
  const stored = openStoredFacts()
  for (let count = 1; count <= 20; count += 1) {
    const connection = await openConnection(first)
    connection.send(requestOf('POST', `/v1/campaigns/${campaignId}/coupons`, bearer(tokenOf(newUser()))))
    connection.closeSending()
    expect((await connection.answer()).status).toBe(201)
    await connection.closed
  }
  expect(await stored.drained(campaignId, 20)).toHaveLength(20)
  await stored.close()
})

test('an operator who goes in the middle of a body is no internal error, in neither log nor metrics', async () => {
  const api = await startPart('api', inject('environment'), { folder: inject('folder'), waitFor: 'ready' })
  try {
    const answers = async (): Promise<Record<string, number>> => {
      const { families } = await scrape(api.metricsUrl)
      const samples = families.get('firstcome_http_answers_total')?.samples ?? []
      const ofRoute = samples.filter(({ labels }) => labels['route'] === 'POST /v1/admin/campaigns')
      return Object.fromEntries(ofRoute.map(({ labels, value }) => [labels['status'] ?? '', value]))
    }
    const head = `${bearer(operatorToken())}Content-Type: application/json\r\n`
    for (const [framing, body] of [
      ['Content-Length: 1000\r\n', '{"name":'],
      ['Transfer-Encoding: chunked\r\n', '8\r\n{"name":\r\n'],
    ])
      for (const go of ['end', 'reset', 'closeSending'] as const) {
        const before = (await answers())['400'] ?? 0
        const connection = await openConnection(api.url)
        connection.send(requestOf('POST', '/v1/admin/campaigns', `${head}Expect: 100-continue\r\n${framing}`))
        // The server reads the body from here on.
        expect((await connection.answer()).status).toBe(100)
        connection.send(body ?? '')
        connection[go]()
        if (go === 'closeSending') expect(codeOf(await connection.answer())).toEqual([400, 'bad-request'])
        await until('it is counted', async () => ((await answers())['400'] ?? 0) > before)
      }
    expect(await answers()).toEqual({ '400': 6 })
    expect(readFileSync(api.logFile, 'utf8')).not.toMatch(/internal error|aborted/)
  } finally {
    await api.stop()
  }
})
