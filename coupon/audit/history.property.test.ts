import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Failure } from '../../platform/failure.ts'
import { grants, ids, spoiled, userIds } from '../../test/harness/values/arbitraries.ts'
import type { ClientAnswer, GivenAnswer } from './compare/source-entries.ts'
import { historyEnd, historyHead, historyLine, openHistory } from './history.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firstcome-history-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const coupons = grants.map(({ couponId, campaignId, userId, slot, rank }) => ({
  couponId,
  campaignId,
  userId,
  slot,
  rank,
}))
const answers: fc.Arbitrary<ClientAnswer> = fc.oneof(
  fc.record({ kind: fc.constant('granted' as const), coupon: coupons }),
  fc.record({ kind: fc.constantFrom('confirming', 'sold-out', 'none', 'unknown') }),
  fc.record({ kind: fc.constant('refused' as const), code: fc.string() }),
)
const givenAnswers = fc.record({
  userId: userIds,
  slot: fc.integer({ min: 1, max: 10 }),
  answer: answers,
})
const histories = fc.record({ campaignId: ids, entries: fc.array(givenAnswers, { maxLength: 8 }) })
const fileOf = ({ campaignId, entries }: { campaignId: string; entries: GivenAnswer[] }) =>
  Buffer.from(historyHead(campaignId) + entries.map(historyLine).join('') + historyEnd(entries.length))

/** What a file is read as; `refused` when it is refused. Anything else that is thrown goes on. */
const read = async (
  file: Buffer,
  name = 'history',
): Promise<'refused' | { campaignId: string; entries: GivenAnswer[] }> => {
  const path = join(folder, name)
  await writeFile(path, file)
  try {
    const history = await openHistory(path)
    const entries: GivenAnswer[] = []
    for await (const some of history.entries()) entries.push(...some)
    return { campaignId: history.campaignId, entries }
  } catch (fault) {
    if (fault instanceof Failure && fault.code === 'refused') return 'refused'
    throw fault
  }
}

test('every history is read as it was written', async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      expect(await read(fileOf(history))).toEqual(history)
    }),
  )
})

test('a compressed history is read as it was written, and refused when it ends before its end', async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      const file = gzipSync(fileOf(history))
      expect(await read(file, 'history.gz')).toEqual(history)
      expect(await read(file.subarray(0, -9), 'history.gz')).toBe('refused')
    }),
    { numRuns: 30 },
  )
})

test('a history that ends anywhere before its end is refused', async () => {
  await fc.assert(
    fc.asyncProperty(histories, fc.nat(), async (history, at) => {
      const file = fileOf(history)
      // Without its last line feed alone it is whole.
      expect(await read(file.subarray(0, at % (file.length - 1)))).toBe('refused')
    }),
  )
})

/** The first byte of a character of two, behind the end. */
const halfCharacter = (file: Buffer): Buffer => Buffer.concat([file, Buffer.from([0xc0])])

test('a history that was changed anywhere is refused, or has as many answers as its end says', async () => {
  await fc.assert(
    fc.asyncProperty(
      histories.map(fileOf).chain((file) => spoiled(fc.constant(file))),
      async (file) => {
        const history = await read(file)
        if (history === 'refused') return
        const last = file.toString().trimEnd().split('\n').at(-1) ?? ''
        expect(JSON.parse(last)).toMatchObject({ answers: history.entries.length })
      },
    ),
    { numRuns: 150, examples: [[halfCharacter(fileOf({ campaignId: 'k', entries: [] }))]] },
  )
})
