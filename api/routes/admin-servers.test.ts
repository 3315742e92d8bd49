import { expect, test } from 'vitest'
import type { Examination } from '../../coupon/requirements/finding.ts'
import type { Authenticator } from '../authenticator.ts'
import type { HttpContext } from '../route.ts'
import { adminServersRoute } from './admin-servers.ts'

const authenticator = { requireRole: (_role: string, handle: unknown) => handle } as unknown as Authenticator
const answerOf = async (examinations: Examination[] | undefined) => {
  const asked: (number | undefined)[] = []
  const route = adminServersRoute({
    servers: {
      async read(ageMaxMs) {
        asked.push(ageMaxMs)
        return examinations && { examinations, atMs: 1_000 }
      },
    },
    ...{ authenticator, now: () => 31_000 },
  })
  const response = await route.handle({} as HttpContext)
  const body = (await response.json()) as Record<string, unknown>
  return { status: response.status, headers: response.headers, body, asked }
}

test('an examination that is not there in time is said, and when to ask again', async () => {
  const { status, headers, body } = await answerOf(undefined)
  expect([status, body['code']]).toEqual([503, 'unavailable'])
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
})

test('a server that did not answer is in the list, with its age, and none older than 50 s', async () => {
  const { status, body, asked } = await answerOf([
    { place: 'Kafka', address: 'broker:9092', isRead: false, findings: [] },
  ])
  expect([status, asked]).toEqual([200, [50_000]])
  expect(body).toMatchObject({ ageMs: 30_000, servers: [{ name: 'Kafka', level: 'unread', version: null }] })
})
