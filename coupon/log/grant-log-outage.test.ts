import { randomUUIDv7 } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Failure } from '../../platform/failure.ts'
import type { Producer } from '../../platform/kafka/producer.ts'
import { createLogger } from '../../platform/log/logger.ts'
import { newGrant } from '../../test/harness/values/grants.ts'
import type { Gate } from '../gate/gate.ts'
import type { OutboxEntry } from '../gate/outbox-entry.ts'
import { createGrantLog } from './grant-log.ts'

// A minute passes in a second: timers are faked, turns of the event loop are real.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const publishInFlightMax = 2
const entriesWaitingMax = 1_000
const [minuteMs, stepMs, entriesInOneStep] = [60_000, 100, 100]

/** A log that answers each produce with `answer`, and counts of the produces. */
const openLog = (answer: () => Promise<void>) => {
  const produces = { tried: 0, underWay: 0, underWayMost: 0, entriesMost: 0 }
  const producer: Producer = {
    async append() {
      produces.tried += 1
      produces.underWay += 1
      produces.underWayMost = Math.max(produces.underWayMost, produces.underWay)
      await answer().finally(() => (produces.underWay -= 1))
      return 0
    },
    close: async () => {},
  }
  const gate = { confirm: async () => ({ kind: 'confirmed' }) } as unknown as Gate
  const grantLog = createGrantLog({
    producer,
    gate,
    log: createLogger('test', 'silent'),
    partitions: async () => 3,
    publishDeadlineMs: 2_000,
    publishInFlightMax,
    monotonicMs: () => performance.now(),
  })
  return { grantLog, produces }
}

const campaign = { id: randomUUIDv7() }
let number = 0
const newEntry = (): OutboxEntry => ({
  campaignId: campaign.id,
  epoch: 1,
  number: (number += 1),
  grants: [newGrant(campaign, { rank: number })],
})

const refused = async (): Promise<void> => {
  await turn()
  throw new Failure('unavailable', 'NOT_ENOUGH_REPLICAS')
}
/** No acknowledgement within the timeout of the producer. */
const silent = async (): Promise<void> => {
  const { promise, reject } = Promise.withResolvers<void>()
  setTimeout(() => reject(new Failure('unavailable', 'no acknowledgement')), 5_000)
  return promise
}

test.each([
  ['refuses', refused],
  ['does not answer', silent],
] as const)(
  'when Kafka %s for a minute at full load, little is held and one probe a second goes out',
  async (_, down) => {
    let answer: () => Promise<void> = down
    const { grantLog, produces } = openLog(() => answer())
    const held = new Set<OutboxEntry>()
    let heldMost = 0
    let heldWhileOpen = 0
    for (let passedMs = 0; passedMs < minuteMs; passedMs += stepMs) {
      const isOpen = grantLog.state().isOpen
      const entries = Array.from({ length: entriesInOneStep }, newEntry)
      for (const entry of entries) {
        held.add(entry)
        void grantLog.append(entry).then((outcome) => {
          expect(outcome).toBe('pending')
          held.delete(entry)
        })
      }
      heldMost = Math.max(heldMost, held.size)
      await turn()
      if (isOpen) heldWhileOpen += entries.filter((entry) => held.has(entry)).length
      await vi.advanceTimersByTimeAsync(stepMs)
      produces.entriesMost = Math.max(produces.entriesMost, grantLog.state().entriesWaiting)
    }
    expect(grantLog.state().isOpen).toBe(true)
    expect(heldWhileOpen).toBe(0)
    expect(heldMost).toBeLessThanOrEqual(entriesWaitingMax + entriesInOneStep)
    expect(produces.entriesMost).toBeLessThanOrEqual(entriesWaitingMax)
    expect(produces.underWayMost).toBeLessThanOrEqual(publishInFlightMax)
    // Three to open, one in progress beside the third, and the probes.
    expect(produces.tried).toBeLessThanOrEqual(4 + minuteMs / 1_000)

    answer = async () => {}
    for (let passedMs = 0; grantLog.state().isOpen && passedMs < minuteMs; passedMs += stepMs) {
      await grantLog.append(newEntry())
      await vi.advanceTimersByTimeAsync(stepMs)
    }
    expect(grantLog.state().isOpen).toBe(false)
    expect(await grantLog.append(newEntry())).toBe('confirmed')
  },
)

test('entries queued before the circuit breaker opened are pending at once', async () => {
  const { grantLog, produces } = openLog(refused)
  const outcomes = await Promise.all(Array.from({ length: 900 }, () => grantLog.append(newEntry())))
  expect(new Set(outcomes)).toEqual(new Set(['pending']))
  expect(produces.tried).toBeLessThanOrEqual(4)
  expect(grantLog.state()).toEqual({ entriesWaiting: 0, isOpen: true })
})
