import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PublicCampaign } from '../../client/shopper-client.ts'
import { factsOf, followSale } from './sale-facts.ts'

/** The stream of a browser, of which the test says what comes. */
class ScriptedStream extends EventTarget {
  static latest: ScriptedStream
  isClosed = false
  constructor() {
    super()
    ScriptedStream.latest = this
  }
  close(): void {
    this.isClosed = true
  }
  event(name: string, document: object): void {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(document) }))
  }
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('EventSource', ScriptedStream)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const sale = (
  state: PublicCampaign['state'],
  refreshAfterMs?: number,
  serverTime = '2026-11-29T00:00:01.000Z',
) =>
  ({
    ...{ state, stock: 10, remaining: 5, refreshAfterMs, serverTime },
    ...{ opensAt: '2026-11-29T00:00:00.000Z', closesAt: '2026-11-30T00:00:00.000Z', soldOutAt: null },
  }) as PublicCampaign

/** Follows a sale whose answers are always the same. */
const follow = (answer: PublicCampaign) => {
  const seen: (string | undefined)[] = []
  const campaign = vi.fn<() => Promise<PublicCampaign>>(async () => answer)
  const { stop } = followSale({ client: { campaign }, server: '', campaignId: 'x' }, (facts) => {
    seen.push(facts?.state)
  })
  return { seen, campaign, stop, stream: ScriptedStream.latest }
}
const hourMs = 3_600_000

test('a sale that is closed is asked for no more, whether its stream or an answer said so', async () => {
  const byStream = follow(sale('open', 2_000))
  byStream.stream.event('closed', sale('closed'))
  byStream.stream.dispatchEvent(new Event('error'))
  const byAnswer = follow(sale('closed'))
  await vi.advanceTimersByTimeAsync(hourMs)
  byAnswer.stream.dispatchEvent(new Event('error'))
  await vi.advanceTimersByTimeAsync(hourMs)
  for (const { seen, campaign, stream } of [byStream, byAnswer]) {
    expect(seen.at(-1)).toBe('closed')
    expect(campaign).toHaveBeenCalledTimes(1)
    expect(stream.isClosed).toBe(true)
  }
})

test('without a stream a sale is asked for when its last answer says that it is worth it, and not before', async () => {
  for (const refreshAfterMs of [2_000, 30_000]) {
    const { campaign, stream, stop } = follow(sale('scheduled', refreshAfterMs))
    stream.dispatchEvent(new Event('error'))
    await vi.advanceTimersByTimeAsync(0)
    campaign.mockClear()
    await vi.advanceTimersByTimeAsync(hourMs)
    expect(campaign.mock.calls.length).toBeLessThanOrEqual(hourMs / refreshAfterMs)
    expect(campaign.mock.calls.length).toBeGreaterThan(hourMs / (2 * refreshAfterMs) - 1)
    stop()
  }
})

test('with a stream a sale is not asked for, and again when the stream fails', async () => {
  const { campaign, seen, stream } = follow(sale('open', 2_000))
  stream.event('campaign', sale('open'))
  await vi.advanceTimersByTimeAsync(hourMs)
  expect(campaign).toHaveBeenCalledTimes(1)
  stream.dispatchEvent(new Event('error'))
  await vi.advanceTimersByTimeAsync(hourMs)
  expect(campaign.mock.calls.length).toBeGreaterThan(100)
  stream.event('campaign', sale('sold-out'))
  campaign.mockClear()
  await vi.advanceTimersByTimeAsync(hourMs)
  expect([seen.at(-1), campaign.mock.calls.length]).toEqual(['sold-out', 0])
})

test('an answer from a cache does not take back what an event has said since', async () => {
  const { stream, seen } = follow(sale('open', 2_000))
  stream.event('campaign', sale('paused', 0, '2026-11-29T00:00:02.000Z'))
  await vi.advanceTimersByTimeAsync(0)
  expect(seen).toEqual(['paused'])
})

test('a page of a sale that is sold out knows since when, also when it opens later', () => {
  const soldOut = { ...sale('sold-out'), remaining: 0, soldOutAt: '2026-11-29T00:00:00.412Z' }
  expect(factsOf(soldOut).soldOutAtMs).toBe(Date.UTC(2026, 10, 29, 0, 0, 0, 412))
  expect(factsOf(sale('open')).soldOutAtMs).toBeUndefined()
})
