import { expect, test } from 'vitest'
import { createMetrics } from '../../platform/metrics/metrics.ts'
import { decodeProcessSample } from './process-sample.ts'
import { createProcessSampler } from './process-sampler.ts'

/** A process with some presses; `published` has what it says while somebody watches. */
const samplerOf = ({ isDown = false } = {}) => {
  const metrics = createMetrics()
  const outcome = metrics.counter({ name: 'firstcome_issue_outcomes_total', help: 'x', labels: ['outcome'] })
  outcome('granted').add(7)
  outcome('sold-out').add(0)
  const duration = metrics.histogram({
    ...{
      name: 'firstcome_http_answer_duration_seconds',
      help: 'x',
      labels: ['route'],
      bounds: [0.01, 0.1, 1],
    },
  })
  for (const seconds of [0.001, 0.002, 0.5, 9])
    duration('POST /v1/campaigns/:campaignId/coupons').observe(seconds)
  duration('GET /v1/time').observe(0.05)
  metrics.gauge({ name: 'firstcome_publisher_open', help: 'x', read: () => 1 })
  const published: string[] = []
  let [isWatched, measured] = [false, 0]
  const sampler = createProcessSampler({
    ...{ id: 'a', name: 'host:1', kind: 'api', metrics },
    samples: {
      publish: async (_, text) => {
        if (isDown) throw new Error('Redis is down')
        published.push(text)
      },
    },
    isWatched: () => isWatched,
    measureUsage: () => {
      measured += 1
      return { eventLoop: measured / 10, cpu: 1.234567, memoryBytes: 5 }
    },
  })
  return { sampler, published, measured: () => measured, watch: () => void (isWatched = true) }
}

test('a process says what it does only while a console watches', async () => {
  const { sampler, published, watch } = samplerOf()
  await sampler.step()
  expect(published).toEqual([])
  watch()
  await sampler.step()
  expect(published.map(decodeProcessSample)).toEqual([
    {
      ...{ id: 'a', name: 'host:1', kind: 'api', eventLoop: 0.2, cpu: 1.2346, memoryBytes: 5 },
      ...{ queue: 0, publishQueue: 0, rows: 0, isPublisherOpen: true, outcomes: { granted: 7 } },
      issueDurations: [
        { le: '0.01', count: 2 },
        { le: '0.1', count: 0 },
        { le: '1', count: 1 },
        { le: '+Inf', count: 1 },
      ],
    },
  ])
})

test('its usage is that of the last second, however often it is asked, and whoever watched before', async () => {
  const { sampler, measured } = samplerOf()
  for (let second = 0; second < 3; second += 1) await sampler.step()
  const [one, other] = [await sampler.read(), await sampler.read()]
  expect([one.eventLoop, other.eventLoop, measured()]).toEqual([0.3, 0.3, 3])
})

test('a Redis that is down stops no process', async () => {
  const { sampler, watch } = samplerOf({ isDown: true })
  watch()
  await sampler.step()
  expect((await sampler.read()).id).toBe('a')
})

test.each(['', 'null', '{}', '{"id":"a"}', '{"id":'])('the text %j is no sample', (text) => {
  expect(decodeProcessSample(text)).toBeUndefined()
})
