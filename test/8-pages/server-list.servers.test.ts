import { describe, expect, inject, test } from 'vitest'
import { serverListShape } from '../../api/contract/servers-shape.ts'
import { type ApiAnswer, ask, newUser, operatorToken, tokenOf } from '../harness/processes/http-client.ts'
import { namedTokens } from '../harness/values/named-tokens.ts'
import { until } from '../harness/values/until.ts'

const [first, second] = inject('apiUrls')
const servers = (url = first, token = operatorToken()): Promise<ApiAnswer> =>
  ask(`${url}/v1/admin/servers`, { token })
/** An examination can take longer than one request waits. */
const examined = (url = first): Promise<ApiAnswer> =>
  until('the servers are examined', async () => {
    const answer = await servers(url)
    return answer.status === 200 && answer
  })

describe('the list of servers', () => {
  test('has each with its version and its findings, on every process', async () => {
    for (const url of [first, second]) {
      const { body, headers } = await examined(url)
      expect(headers.get('cache-control')).toBe('no-store')
      const list = serverListShape.parse(body)
      expect(list).toEqual(body)
      expect(list.servers.map(({ name }) => name)).toEqual(['Redis', 'Kafka', 'database', 'machine'])
      const [redis, kafka, database] = list.servers
      for (const server of [redis, database]) expect(server?.version).toMatch(/^(?:Valkey )?\d+\.\d+/)
      // Its protocol has no version.
      expect(kafka?.version).toBeNull()
      // One broker without replicas, as tests have it, is no server for promises.
      expect(kafka?.level).not.toBe('ok')
      for (const { findings } of list.servers) expect(findings.length).toBeGreaterThan(0)
    }
  })

  test('has no user and no password of a server', async () => {
    const { DATABASE_URL: address = '' } = inject('environment')
    const { password } = new URL(address)
    const text = JSON.stringify((await examined()).body)
    expect(text).not.toContain(address)
    if (password !== '') expect(text).not.toContain(`:${password}@`)
  })

  test('is for viewers, and for nobody who is not an operator', async () => {
    expect([200, 503]).toContain((await servers(first, namedTokens.viewer)).status)
    expect((await servers(first, namedTokens.orders)).status).toBe(403)
    expect((await servers(first, tokenOf(newUser()))).status).toBe(401)
    expect((await ask(`${first}/v1/admin/servers`)).status).toBe(401)
  })

  test('costs as much for fifty as for one', async () => {
    await examined()
    const answers = await Promise.all(Array.from({ length: 50 }, () => servers()))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    // Two, when a preflight of another test examined them amid these.
    expect(new Set(answers.map(({ body }) => body['examinedAt'])).size).toBeLessThanOrEqual(2)
  })
})
