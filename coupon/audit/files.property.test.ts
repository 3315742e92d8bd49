import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Failure } from '../../platform/failure.ts'
import { grants, ids, spoiled, userIds } from '../../test/harness/values/records.ts'
import { shareOf } from './compare/comparison.ts'
import type { Told } from './compare/identity.ts'
import { historyEnd, historyHead, historyLine, openHistory } from './history.ts'
import { type BookEntry, createShareFiles } from './share-files.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firstcome-files-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const coupons = grants.map(({ couponId, campaignId, userId, slot, rank }) => ({
  ...{ couponId, campaignId, userId, slot, rank },
}))
const answers: fc.Arbitrary<Told> = fc.oneof(
  fc.record({ kind: fc.constant('granted' as const), coupon: coupons }),
  fc.record({ kind: fc.constantFrom('confirming', 'sold-out', 'none', 'unknown') }),
  fc.record({ kind: fc.constant('refused' as const), code: fc.string() }),
)
const told = fc.record({
  ...{ book: fc.constant('clients' as const), userId: userIds, slot: fc.integer({ min: 1, max: 10 }) },
  told: answers,
})
const histories = fc.record({ campaignId: ids, entries: fc.array(told, { maxLength: 8 }) })
const fileOf = ({
  campaignId,
  entries,
}: {
  campaignId: string
  entries: (BookEntry & { book: 'clients' })[]
}) =>
  Buffer.from(
    historyHead(campaignId) +
      entries.map(({ userId, slot, told: answer }) => historyLine(userId, slot, answer)).join('') +
      historyEnd(entries.length),
  )

/** What a file is read as; `refused` when it is refused. Anything else that is thrown goes on. */
const read = async (file: Buffer): Promise<'refused' | { campaignId: string; entries: BookEntry[] }> => {
  const path = join(folder, 'history')
  await writeFile(path, file)
  try {
    const history = await openHistory(path)
    const entries: BookEntry[] = []
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

test('a history that ends anywhere before its end is refused', async () => {
  await fc.assert(
    fc.asyncProperty(histories, fc.nat(), async (history, at) => {
      const file = fileOf(history)
      // Without its last line feed alone it is whole.
      expect(await read(file.subarray(0, at % (file.length - 1)))).toBe('refused')
    }),
  )
})

test('a history that was changed in any place is refused, or read with as many answers as its end says', async () => {
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
    { numRuns: 150 },
  )
})

const userOf = (entry: BookEntry): string =>
  entry.book === 'clients'
    ? entry.userId
    : (entry.book === 'gate' ? entry.won : entry.book === 'log' ? entry.record : entry.row).userId

test('whatever goes into the files of an audit comes out of its share as it was, in its order', async () => {
  const campaignId = '0198c0de-0000-7000-8000-00000000c0de'
  const row = grants.map(({ grantedAtMs: _, ...rest }) => ({ ...rest, campaignId }))
  const flags = { isLate: fc.boolean(), isPassed: fc.boolean(), isBeforeGate: fc.boolean() }
  const entries: fc.Arbitrary<BookEntry> = fc.oneof(
    told,
    row.map((one) => ({ book: 'ledger' as const, row: one })),
    fc
      .tuple(row, fc.record(flags))
      .map(([one, how]) => ({ book: 'log' as const, record: { ...one, ...how } })),
    fc.tuple(coupons, fc.nat()).map(([one, number]) => ({
      ...{ book: 'gate' as const, won: { ...one, campaignId, number } },
    })),
  )
  const property = fc.asyncProperty(
    fc.array(entries),
    fc.integer({ min: 1, max: 4 }),
    async (all, shares) => {
      const files = await createShareFiles(folder, campaignId, shares)
      await files.add(all)
      for (let share = 0; share < shares; share += 1)
        expect([...(await files.read(share))]).toEqual(
          all.filter((entry) => shareOf(userOf(entry), shares) === share),
        )
      await files.remove()
    },
  )
  await fc.assert(property, { numRuns: 50 })
})
