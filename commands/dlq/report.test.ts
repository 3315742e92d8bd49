import { describe, expect, test } from 'vitest'
import { createDeadLetterReader } from '../../coupon/dead-letters/dead-letter-reader.ts'
import type { RedriveOutcome } from '../../coupon/dead-letters/redrive.ts'
import type { StoredLetter } from '../../coupon/log/dead-letter.ts'
import {
  letteredGrant as grant,
  storedLetterOf as letterOf,
} from '../../test/harness/values/stored-letters.ts'
import {
  dryRunDocuments,
  dryRunText,
  listDocuments,
  listText,
  redriveDocuments,
  redriveText,
} from './report.ts'
import { showText } from './show.ts'

async function* fetches(...batches: StoredLetter[][]): AsyncGenerator<StoredLetter[]> {
  yield* batches
}
const gather = async <Piece>(pieces: AsyncIterable<Piece>): Promise<Piece[]> => {
  const all: Piece[] = []
  for await (const piece of pieces) all.push(piece)
  return all
}
const linesOf = async (text: AsyncIterable<string>): Promise<string[]> =>
  (await gather(text)).join('').trimEnd().split('\n')
const several = [
  [letterOf(), letterOf({ reason: 'invalid' })],
  [letterOf({ redrives: 3 }), letterOf({ reason: 'invalid' }), letterOf()],
]

describe('list', () => {
  test('names every letter up to its limit and counts all', async () => {
    const lines = await linesOf(listText(fetches(...several), 3))
    expect(lines).toHaveLength(6)
    expect(lines[3]).toMatch(/^0:17 +2026-11-21T10:00:00\.000Z +late +2:1234 +3 {2}why$/)
    expect(lines.slice(4)).toEqual(['... and 2 more', '5 open: 3 late, 2 invalid'])
    expect((await linesOf(listText(fetches(...several), 5))).at(-2)).not.toContain('more')
    expect(await linesOf(listText(fetches([]), 5))).toEqual(['0 open'])
  })

  test('has a JSON document for each letter, and reads nothing past its limit', async () => {
    let fetched = 0
    async function* counted(): AsyncGenerator<StoredLetter[]> {
      for (const batch of [...several, []]) {
        fetched += 1
        yield batch
      }
    }
    const documents = (await gather(listDocuments(counted(), 3))).flat()
    expect([documents.length, fetched]).toEqual([3, 2])
    expect(documents[0]).toEqual({
      id: '0:17',
      reason: 'late',
      message: 'why',
      time: '2026-11-21T10:00:00.000Z',
      origin: {
        topic: 'coupon.grants.v1',
        partition: 2,
        offset: 1_234,
        timestampMs: 1_700_000_000_000,
        timestamp: '2023-11-14T22:13:20.000Z',
      },
      redrives: 0,
      redriveOf: null,
      grant,
    })
  })

  test('fetches letters only when the text before them was taken', async () => {
    const fetched: string[] = []
    async function* read(_topic: string, partition: number, from: number, end: number) {
      for (let offset = from; offset < end; offset += 1) {
        fetched.push(`${partition}:${offset}`)
        yield [{ offset, timestampMs: 0, key: null, value: null, headers: {} }]
      }
    }
    const offsets = async () => [{ partition: 0, first: 5, end: 8 }]
    const letters = createDeadLetterReader({ topics: { offsets }, reader: { read }, topic: '' })
    const seen: number[] = []
    for await (const _ of listText(letters.readOpen(), 100)) seen.push(fetched.length)
    // First the whole partition is searched for notes.
    expect(fetched).toEqual(['0:5', '0:6', '0:7', '0:5', '0:6', '0:7'])
    expect(seen).toEqual([4, 5, 6, 6])
  })
})

test('control characters in a record reach no terminal', async () => {
  const nasty = 'a\n\u001b[2J\u0007\u202eb'
  const letter = letterOf({ message: nasty, reason: nasty, time: nasty, value: Buffer.from(nasty) })
  const [, line = ''] = await linesOf(listText(fetches([letter]), 5))
  for (const text of [line, ...showText({ letter, redriven: undefined }).trimEnd().split('\n')])
    expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u)
})

describe('redrive', () => {
  const note = { letter: { partition: 0, offset: 17 }, to: { partition: 2, offset: 99 }, time: 'then' }
  async function* outcomes(): AsyncGenerator<RedriveOutcome> {
    yield { kind: 'unknown', letters: [letterOf(), letterOf()], failure: 'Kafka is down' }
    yield { kind: 'redriven', redriven: [{ letter: letterOf(), note }] }
  }
  const failure = {
    code: 'unavailable',
    message: '2 not acknowledged, still open: 2 late; Kafka is down',
  }

  test('prints each letter and the counts, then fails for those that are unknown', async () => {
    const text = redriveText(outcomes())
    const pieces: string[] = []
    await expect(
      (async () => {
        for await (const piece of text) pieces.push(piece)
      })(),
    ).rejects.toMatchObject(failure)
    expect(pieces.join('')).toBe('0:17 late redriven to 2:99\n1 redriven: 1 late\n')
  })

  test('has a JSON document for each letter that was redriven', async () => {
    const documents = redriveDocuments(outcomes())
    expect([await documents.next(), await documents.next()]).toMatchObject([
      { value: [] },
      { value: [{ id: '0:17', reason: 'late', redriven: { time: 'then', to: '2:99' } }] },
    ])
    await expect(documents.next()).rejects.toMatchObject(failure)
  })

  test('says in a dry run where each letter would go', async () => {
    expect(await linesOf(dryRunText(fetches([letterOf()])))).toEqual([
      '0:17 would go to partition 2',
      '1 would be redriven: 1 late',
    ])
    expect(await gather(dryRunDocuments(fetches([letterOf()])))).toEqual([
      [{ id: '0:17', reason: 'late', toPartition: 2 }],
    ])
  })
})
