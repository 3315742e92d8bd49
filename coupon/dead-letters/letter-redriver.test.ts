import { expect, test } from 'vitest'
import type { Producer, RecordToAppend } from '../../platform/kafka/producer.ts'
import { storedLetterOf } from '../../test/harness/values/stored-letters.ts'
import { positionText, type RedriveNote, type StoredLetter } from '../log/dead-letter.ts'
import { createLetterRedriver } from './letter-redriver.ts'
import type { NewestLetters } from './newest-letters.ts'

const origin = { by: 'alice', why: 'restored' }

/** A topic with a letter at each offset below `count`, all of this reason. */
const open = (count: number, { reason = 'late', notes = new Map<string, RedriveNote>() } = {}) => {
  const letters = Array.from({ length: count }, (_, offset) =>
    storedLetterOf({ position: { partition: 0, offset }, reason }),
  )
  const state = { ms: 0, perBatchMs: 0, producers: 0, failing: false }
  const appended: { topic: string; records: readonly RecordToAppend[] }[] = []
  const known: NewestLetters & { atMs: number } = {
    open: letters.filter(({ position }) => !notes.has(positionText(position))).toReversed(),
    ...{ notes, isWhole: true, atMs: 0, covered: [{ partition: 0, first: 0, end: count + 1 }] },
  }
  const producer: Producer = {
    async append(topic, _, records) {
      if (state.failing) throw new Error('Kafka is away')
      appended.push({ topic, records })
      return 100
    },
    async close() {
      state.producers -= 1
    },
  }
  const redriver = createLetterRedriver({
    recent: { read: async () => known, readNow: async () => known, during: (work) => work(known) },
    letters: {
      async *readAt(positions): AsyncGenerator<StoredLetter[]> {
        for (const { offset } of positions) {
          state.ms += state.perBatchMs
          const letter = letters[offset]
          yield letter === undefined ? [] : [letter]
        }
      },
    },
    readOutlook: async (batch) => batch.map(() => ({ kind: 'row' })),
    openProducer() {
      state.producers += 1
      return producer
    },
    ...{ lettersMax: 3, timeMs: 1_000, now: () => 0, monotonicMs: () => state.ms },
  })
  return { redriver, state, appended }
}

test('a plan appends nothing, opens no producer, and says what would become of each', async () => {
  const { redriver, appended, state } = open(2)
  expect(await redriver.plan({ group: undefined })).toMatchObject({
    ...{ kind: 'planned', left: 0 },
    planned: [
      { letter: { position: { offset: 0 } }, outlook: { kind: 'row' } },
      { letter: { position: { offset: 1 } }, outlook: { kind: 'row' } },
    ],
  })
  expect([appended, state.producers]).toEqual([[], 0])
})

test('one request redrives the oldest letters, as many as it may, and says how many are left', async () => {
  const { redriver, appended, state } = open(5)
  const result = await redriver.redrive({ group: 'late' }, origin)
  if (result.kind !== 'redriven') throw new Error(result.kind)
  expect(result.redriven.map(({ letter }) => letter.position.offset)).toEqual([0, 1, 2])
  expect([result.left, state.producers]).toEqual([2, 0])
  expect(appended.map(({ topic }) => topic)).toEqual(
    Array.from({ length: 3 }, () => ['coupon.grants.v1', 'coupon.grants.dlq.v1']).flat(),
  )
  expect(appended[1]?.records[0]?.headers).toMatchObject({
    ...{ redriven: '0:0', 'redriven-to': '2:100', 'redriven-by': 'alice', 'redriven-why': 'restored' },
  })
})

test('when its time is over a request begins no further letters, which are left', async () => {
  const { redriver, state } = open(3)
  state.perBatchMs = 600
  expect(await redriver.redrive({ group: undefined }, origin)).toMatchObject({ redriven: [{}], left: 2 })
  state.ms = 0
  expect(await redriver.plan({ group: undefined })).toMatchObject({ planned: [{}], left: 2 })
})

test('a group has its own reason, and those that this version does not know are one group', async () => {
  const { redriver } = open(2, { reason: 'of the future' })
  expect(await redriver.plan({ group: 'late' })).toMatchObject({ planned: [] })
  expect(await redriver.plan({ group: 'other' })).toMatchObject({ planned: [{}, {}] })
})

test('what Kafka does not acknowledge is told, and its producer is closed too', async () => {
  const { redriver, state } = open(2)
  state.failing = true
  expect(await redriver.redrive({ group: undefined }, origin)).toMatchObject({
    ...{ kind: 'redriven', redriven: [], unknown: [{}, {}], left: 0 },
  })
  expect(state.producers).toBe(0)
})

test('a letter that was redriven, and a position without one, are told apart', async () => {
  const note = { letter: { partition: 0, offset: 0 }, to: { partition: 1, offset: 7 }, time: 'T' }
  const { redriver, appended } = open(2, { notes: new Map([['0:0', note]]) })
  const at = (offset: number, partition = 0) => ({ position: { partition, offset } })
  expect(await redriver.redrive(at(0), origin)).toEqual({ kind: 'redriven-before', note })
  expect(await redriver.plan(at(0))).toEqual({ kind: 'redriven-before', note })
  for (const nowhere of [at(2), at(99), at(1, 5)]) {
    expect(await redriver.redrive(nowhere, origin)).toEqual({ kind: 'unknown-letter' })
    expect(await redriver.plan(nowhere)).toEqual({ kind: 'unknown-letter' })
  }
  expect(appended).toEqual([])
})
