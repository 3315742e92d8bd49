import { expect, test } from 'vitest'
import type { StoredLetter } from '../../coupon/log/dead-letter.ts'
import { encodeGrant } from '../../coupon/log/log-record.ts'
import { createLetters } from './letters.ts'
import { listJson, listText } from './report.ts'
import { showJson, showText } from './show.ts'

const grant = {
  ...{ couponId: '01930000-0000-7000-8000-000000000001', campaignId: '01930000-0000-7000-8000-00000000000f' },
  ...{ userId: 'user-1', slot: 1, rank: 7, epoch: 1, grantedAtMs: 1_700_000_000_000 },
}
const letterOf = (changes: Partial<StoredLetter> = {}): StoredLetter => ({
  ...{ place: { partition: 0, offset: 17 }, value: Buffer.from(encodeGrant(grant)), key: null },
  origin: { topic: 'coupon.grants.v1', partition: 2, offset: 1_234, timestampMs: 1_700_000_000_000 },
  ...{ reason: 'late', message: 'why', time: '2026-11-21T10:00:00.000Z', redrives: 0, redriveOf: undefined },
  ...changes,
})
async function* fetches(...batches: StoredLetter[][]): AsyncGenerator<StoredLetter[]> {
  yield* batches
}
const linesOf = async (text: AsyncIterable<string>): Promise<string[]> => {
  let said = ''
  for await (const piece of text) said += piece
  return said.trimEnd().split('\n')
}
const several = [
  [letterOf(), letterOf({ reason: 'invalid' })],
  [letterOf({ redrives: 3 }), letterOf({ reason: 'invalid' }), letterOf()],
]

test('a list names every letter up to its limit, and counts those beyond it too', async () => {
  const lines = await linesOf(listText(fetches(...several), 3))
  expect(lines).toHaveLength(6)
  expect(lines[3]).toMatch(/^0:17 +2026-11-21T10:00:00\.000Z +late +2:1234 +3 {2}why$/)
  expect(lines.slice(4)).toEqual(['... and 2 more', '5 open: 3 late, 2 invalid'])
  expect((await linesOf(listText(fetches(...several), 5))).at(-2)).not.toContain('more')
  expect(await linesOf(listText(fetches([]), 5))).toEqual(['0 open'])
})

test('a list as JSON is a document a line, ends at its limit, and reads no further', async () => {
  let asked = 0
  async function* counted(): AsyncGenerator<StoredLetter[]> {
    for (const batch of [...several, []]) {
      asked += 1
      yield batch
    }
  }
  const lines = await linesOf(listJson(counted(), 3))
  expect([lines.length, asked]).toEqual([3, 2])
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    ...{ id: '0:17', reason: 'late', message: 'why', time: '2026-11-21T10:00:00.000Z' },
    origin: {
      ...{ topic: 'coupon.grants.v1', partition: 2, offset: 1_234, timestampMs: 1_700_000_000_000 },
      timestamp: '2023-11-14T22:13:20.000Z',
    },
    ...{ redrives: 0, redriveOf: null, grant },
  })
})

test('no fetch of letters is asked for before what the one before it says was taken', async () => {
  const asked: string[] = []
  async function* read(_topic: string, partition: number, from: number, end: number) {
    for (let offset = from; offset < end; offset += 1) {
      asked.push(`${partition}:${offset}`)
      yield [{ offset, key: null, value: null, headers: {} }]
    }
  }
  const offsets = async () => [{ partition: 0, first: 5, end: 8 }]
  const letters = createLetters({ topics: { offsets }, reader: { read }, topic: '' })
  const text = listText(letters.open(), 100)[Symbol.asyncIterator]()
  const seen: number[] = []
  for (let piece = await text.next(); piece.done !== true; piece = await text.next()) seen.push(asked.length)
  // First the notes are looked for in all of it.
  expect(asked).toEqual(['0:5', '0:6', '0:7', '0:5', '0:6', '0:7'])
  expect(seen).toEqual([4, 5, 6, 6])
})

test('what stands in a record moves no cursor and breaks no line', async () => {
  const nasty = 'a\n\u001b[2J\u0007\u202eb'
  const letter = letterOf({ message: nasty, reason: nasty, time: nasty, value: Buffer.from(nasty) })
  const [, line = ''] = await linesOf(listText(fetches([letter]), 5))
  for (const text of [line, ...showText({ letter, redriven: undefined }).trimEnd().split('\n')])
    expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u)
})

test('a letter is shown with its grant, its origin, its state and what to do', () => {
  const redriven = {
    letter: { partition: 0, offset: 17 },
    ...{ to: { partition: 2, offset: 99 }, time: '2026-11-22T10:00:00.000Z' },
  }
  const letter = letterOf({ redrives: 2, redriveOf: { partition: 0, offset: 12 } })
  const text = showText({ letter, redriven })
  for (const [name, says] of [
    ['letter', '0:17 of coupon.grants.dlq.v1'],
    ['origin', '2:1234 of coupon.grants.v1, appended 2023-11-14T22:13:20.000Z'],
    ['redrives', '2, the last of 0:12'],
    ['state', 'redriven 2026-11-22T10:00:00.000Z, lies at 2:99'],
    ['key', 'none'],
    ['  rank', '7'],
    ['  userId', 'user-1'],
    ['advice', 'It reached the log after'],
  ])
    expect(text).toMatch(new RegExp(`^${name} +${says}`, 'm'))
  expect(JSON.parse(showJson({ letter, redriven }))).toMatchObject({
    ...{ id: '0:17', redrives: 2, redriveOf: '0:12', grant, key: null },
    ...{ redriven: { to: '2:99', time: redriven.time }, value: { text: encodeGrant(grant) } },
  })
})

const found = (changes: Partial<StoredLetter>) => ({ letter: letterOf(changes), redriven: undefined })
test('bytes that are no text are shown as base64, and a value of a megabyte is cut for people alone', () => {
  const bytes = Buffer.from([0xff, 0x00, 0xfe])
  expect(showText(found({ value: bytes, key: bytes }))).toMatch(
    /^value +3 bytes, no text, as base64: \/wD\+$/m,
  )
  expect(JSON.parse(showJson(found({ value: bytes, key: bytes })))).toMatchObject({
    ...{ grant: null, value: { bytes: 3, base64: '/wD+' }, key: { bytes: 3, base64: '/wD+' } },
  })
  const large = found({ value: Buffer.alloc(1_000_000, 'x'), reason: 'of a later version' })
  expect(showText(large).length).toBeLessThan(12_000)
  expect(showText(large)).toContain('--json has all of it')
  expect(JSON.parse(showJson(large))).toMatchObject({ value: { text: 'x'.repeat(1_000_000) } })
})

test('a time that is no date is shown as the number that it is', () => {
  const origin = { ...letterOf().origin, timestampMs: 9_223_372_036_854_775_000 }
  expect(showText(found({ origin }))).toContain('appended 9223372036854775000 ms')
  expect(JSON.parse(showJson(found({ origin })))).toMatchObject({ origin: { timestamp: null } })
})
