import { expect, test } from 'vitest'
import { findExcess } from './admin-rehearsals.ts'

const limits = { shoppersMax: 20_000, perSecondMax: 1_000 }
type Asked = Parameters<typeof findExcess>[0]

test.each<[string, Asked]>([
  ['as many shoppers as may be', { shoppers: 20_000, perSecond: undefined, stock: undefined }],
  ['as many presses a second as may be', { shoppers: 1, perSecond: 1_000, stock: undefined }],
  ['one coupon for each shopper', { shoppers: 5, perSecond: 1, stock: 5 }],
  ['presses for ten minutes', { shoppers: 6_000, perSecond: 11, stock: undefined }],
])('allows %s', (_, asked) => {
  expect(findExcess(asked, limits)).toEqual([])
})

test.each<[string, Asked, string[]]>([
  ['one shopper more', { shoppers: 20_001, perSecond: undefined, stock: undefined }, ['/shoppers']],
  ['one press a second more', { shoppers: 1, perSecond: 1_001, stock: undefined }, ['/perSecond']],
  ['one coupon more', { shoppers: 5, perSecond: 1, stock: 6 }, ['/stock']],
  [
    'all of them at once',
    { shoppers: 30_000, perSecond: 2_000, stock: 40_000 },
    [...['/shoppers', '/perSecond', '/stock']],
  ],
  ['presses for longer', { shoppers: 6_000, perSecond: 10, stock: undefined }, ['/perSecond']],
])('refuses %s, and says what was expected', (_, asked, pointers) => {
  const faults = findExcess(asked, limits)
  expect(faults.map(({ pointer }) => pointer)).toEqual(pointers)
  for (const { message } of faults) expect(message).toMatch(/^expected /)
})

test('more shoppers than can press in ten minutes are refused by their number', () => {
  const asked = { shoppers: 20_000, perSecond: undefined, stock: undefined }
  expect(findExcess(asked, { ...limits, perSecondMax: 10 })).toMatchObject([{ pointer: '/shoppers' }])
})
