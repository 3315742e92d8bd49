import { describe, expect, inject, test } from 'vitest'
import { ask } from '../harness/processes/http-client.ts'
import { startPart } from '../harness/processes/start-part.ts'
import { until } from '../harness/values/until.ts'

const settings = { folder: inject('folder'), waitFor: 'live' } as const

describe('liveness and readiness', () => {
  test.concurrent('a running API process is live, a warm one ready, and neither answer is cacheable', async () => {
    for (const url of inject('apiUrls')) {
      const [live, ready] = [await ask(`${url}/livez`), await ask(`${url}/readyz`)]
      expect([live.status, live.body]).toEqual([200, { status: 'live' }])
      expect([ready.status, ready.body]).toEqual([
        200,
        { status: 'ready', checks: { warm: 'ready', keys: 'ready', memory: 'ready' } },
      ])
      for (const { headers } of [live, ready]) expect(headers.get('cache-control')).toBe('no-store')
    }
  })

  test.concurrent.each([
    ['Kafka', { KAFKA_BROKERS: '127.0.0.1:1' }],
    ['Redis', { REDIS_URL: 'redis://127.0.0.1:1' }],
  ])('an API process without %s is live and not ready, and stops on SIGTERM', async (_, changes) => {
    const api = await startPart('api', { ...inject('environment'), ...changes }, settings)
    try {
      expect((await ask(`${api.url}/livez`)).status).toBe(200)
      const { status, body } = await ask(`${api.url}/readyz`)
      expect([status, body]).toEqual([
        503,
        { status: 'waiting', checks: { warm: 'waiting', keys: 'ready', memory: 'ready' } },
      ])
    } finally {
      await api.stop()
    }
    expect(await api.exited).toEqual({ code: 0, signal: null })
  })

  test.concurrent('an API process without the database is ready: issuing does not need it', async () => {
    const api = await startPart(
      'api',
      { ...inject('environment'), DATABASE_URL: 'mysql://a:b@127.0.0.1:1/c' },
      settings,
    )
    await until('it is ready', async () => (await ask(`${api.url}/readyz`)).status === 200)
    await api.stop()
  })

  test.concurrent('a worker without a position to read from is live and not ready, and stops on SIGTERM', async () => {
    // A Kafka of nobody: a second worker on the one of the tests would take partitions from the first.
    const environment = { ...inject('environment'), KAFKA_BROKERS: '127.0.0.1:1' }
    const worker = await startPart('worker', environment, settings)
    try {
      expect((await ask(`${worker.url}/livez`)).status).toBe(200)
      const { status, body } = await ask(`${worker.url}/readyz`)
      expect([status, body]).toEqual([
        503,
        {
          status: 'waiting',
          checks: {
            ledger: 'joining the consumer group',
            movement: 'ready',
            gates: 'ready',
            memory: 'ready',
          },
        },
      ])
    } finally {
      await worker.stop()
    }
    expect(await worker.exited).toEqual({ code: 0, signal: null })
  })
})
