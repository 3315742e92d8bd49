import { expect, test } from 'vitest'
import type { RecordedChange } from '../../coupon/ledger/change-settings.ts'
import { Failure } from '../../platform/failure.ts'
import { recordedChange } from '../../test/harness/values/recorded-change.ts'
import { createSaleEvents, type SaleFigures } from './sale-events.ts'

/** Events over a ledger that has these changes, newest first, and grants every millisecond from 1,000 on. */
const eventsOver = (changes: Record<string, RecordedChange[]>) => {
  const asked = { changes: [] as string[][], ranks: [] as Record<string, readonly number[]>[] }
  const ledger = { isDown: false }
  const answer = <Value>(value: Value): Promise<Value> =>
    ledger.isDown ? Promise.reject(new Failure('unavailable', 'it is down')) : Promise.resolve(value)
  const events = createSaleEvents({
    times: {
      read(ranks) {
        asked.ranks.push(Object.fromEntries([...ranks].filter(([, own]) => own.length > 0)))
        return answer(
          new Map([...ranks].map(([id, own]) => [id, new Map(own.map((rank) => [rank, 999 + rank]))])),
        )
      },
    },
    readChanges(ids, limit) {
      asked.changes.push([...ids])
      return answer(new Map(ids.map((id) => [id, (changes[id] ?? []).slice(0, limit)])))
    },
  })
  return { asked, events, ledger }
}
const figures = (id: string, recorded: number | null, more: Partial<SaleFigures> = {}): SaleFigures => ({
  ...{ id, version: 1, granted: recorded, recorded },
  ...more,
})
const sale = { a: [recordedChange({ stock: 10 })] }
const inWords = (events: Awaited<ReturnType<ReturnType<typeof createSaleEvents>['read']>>): string[] =>
  events.map(({ at, kind, rank }) => `${at.slice(17, 23)} ${kind} ${rank ?? ''}`.trim())

test('the newest events come first, with milliseconds, and who changed what and why', async () => {
  const pause = recordedChange({
    ...{ version: 2, action: 'paused', atMs: 1_007, by: 'olga', reason: 'too fast', stock: 10 },
  })
  const { events } = eventsOver({ a: [pause, ...sale.a] })
  const found = await events.read([figures('a', 10, { version: 2 })])
  expect(inWords(found)).toEqual([
    ...['01.009 sold-out 10', '01.007 paused', '01.004 half 5', '01.000 first 1', '00.000 created'],
  ])
  expect(found[1]).toEqual({
    ...{ campaignId: 'a', at: '1970-01-01T00:00:01.007Z', kind: 'paused', rank: null, stock: 10 },
    ...{ by: 'olga', reason: 'too fast' },
  })
})

test('the ledger is asked for what is reached and not known, and for changes of another version alone', async () => {
  const { asked, events } = eventsOver(sale)
  for (const recorded of [0, 0, 1, 1, 4, 5, 9, 10, 10]) await events.read([figures('a', recorded)])
  expect(asked.changes).toEqual([['a']])
  expect(asked.ranks).toEqual([{ a: [1] }, { a: [5] }, { a: [10] }])
  await events.read([figures('a', 10, { version: 2 })])
  expect(asked.changes).toEqual([['a'], ['a']])
  expect(asked.ranks).toHaveLength(3)
})

test('a grant that has no row yet is not asked for', async () => {
  const { asked, events } = eventsOver(sale)
  await events.read([figures('a', 0, { granted: 10 })])
  expect(asked.ranks).toEqual([])
  // The rows are being counted: the gate says how far it is.
  await events.read([figures('a', null, { granted: 1 })])
  expect(asked.ranks).toEqual([{ a: [1] }])
})

test('twenty campaigns cost two statements, and those that are no longer shown are forgotten', async () => {
  const ids = Array.from({ length: 20 }, (_, place) => `sale-${place}`)
  const { asked, events } = eventsOver(Object.fromEntries(ids.map((id) => [id, sale.a])))
  await events.read(ids.map((id) => figures(id, 1)))
  expect([asked.changes.length, asked.ranks.length]).toEqual([1, 1])
  await events.read([])
  await events.read([figures('sale-0', 1)])
  expect(asked.changes[1]).toEqual(['sale-0'])
})

test('an event line has the newest fifty events', async () => {
  const ids = Array.from({ length: 20 }, (_, place) => `sale-${place}`)
  const { events } = eventsOver(Object.fromEntries(ids.map((id) => [id, sale.a])))
  const found = await events.read(ids.map((id) => figures(id, 10)))
  expect(found).toHaveLength(50)
  expect(inWords(found).filter((text) => text.includes('created'))).toEqual([])
})

test('what the ledger did not answer is asked for again, and what was known is not', async () => {
  const { asked, events, ledger } = eventsOver(sale)
  await events.read([figures('a', 1)])
  ledger.isDown = true
  await expect(events.read([figures('a', 5)])).rejects.toThrow('it is down')
  ledger.isDown = false
  expect(inWords(await events.read([figures('a', 5)]))).toContain('01.004 half 5')
  expect(asked.ranks.slice(1)).toEqual([{ a: [5] }, { a: [5] }])
})
