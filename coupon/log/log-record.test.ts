import { describe, expect, test } from 'vitest'
import type { Grant } from '../grant.ts'
import { decodeRecord, encodeGrant, encodeMarker } from './log-record.ts'

const grant: Grant = {
  couponId: '01930000-0000-7000-8000-000000000001',
  campaignId: '01930000-0000-7000-8000-00000000000f',
  userId: 'user-1',
  slot: 1,
  rank: 1,
  epoch: 1,
  grantedAtMs: 1_700_000_000_000,
}
const decode = (value: string | Buffer | null) =>
  decodeRecord(typeof value === 'string' ? Buffer.from(value) : value)

const edges: Partial<Grant>[] = [
  {},
  { slot: 10 },
  { rank: 10_000_000, epoch: 4_294_967_295 },
  { grantedAtMs: 0 },
  { grantedAtMs: 253_402_300_799_999 },
  { userId: 'x' },
  { userId: 'z'.repeat(64) },
  { userId: 'aZ09._~@|:+-' },
  { couponId: 'ffffffff-ffff-ffff-ffff-ffffffffffff' },
]
describe('grants and markers', () => {
  test.each(edges)('a grant with %j is read as it was written', (changes) => {
    const written = { ...grant, ...changes }
    expect(decode(encodeGrant(written))).toEqual({ kind: 'grant', grant: written })
    expect(encodeGrant(written)).toBe(JSON.stringify(written))
  })

  test('fields that a later version adds are ignored', () => {
    expect(decode(JSON.stringify({ ...grant, shard: 3 }))).toEqual({ kind: 'grant', grant })
  })

  test.each(['warm-up', 'cut', '"} quoted', ''])(
    'a marker (%j) is a marker, whatever it is for',
    (purpose) => {
      expect(decode(encodeMarker(purpose))).toEqual({ kind: 'marker' })
    },
  )
})

const faults: Record<string, unknown>[] = [
  ...Object.keys(grant).map((name) => ({ [name]: undefined })),
  ...Object.keys(grant).map((name) => ({ [name]: null })),
  ...[
    '',
    'x',
    grant.couponId.toUpperCase().replace('0193', 'ABCD'),
    `${grant.couponId}0`,
    ` ${grant.couponId}`,
  ].flatMap((id) => [{ couponId: id }, { campaignId: id }]),
  ...['', 'z'.repeat(65), 'a b', 'a,b', 'ä', 'a\n', 'a"b', 7].map((userId) => ({ userId })),
  ...[0, 11, 1.5, -1, '1', Number.NaN].map((slot) => ({ slot })),
  ...[0, -1, 1.5, 4_294_967_296, '1'].flatMap((number) => [{ rank: number }, { epoch: number }]),
  ...[-1, 1.5, 2 ** 53, '0'].map((grantedAtMs) => ({ grantedAtMs })),
]
const unreadable = (kind: 'undecodable' | 'invalid') => ({ kind, message: expect.stringMatching(/./) })
describe('unreadable records', () => {
  test.each(faults)('a record with %j is invalid, with a message', (changes) => {
    expect(decode(JSON.stringify({ ...grant, ...changes }))).toEqual(unreadable('invalid'))
  })

  test.each(['{}', '[]', 'null', '1', '"grant"', '[{"marker":1}]'])(
    'JSON that is not a record (%s) is invalid',
    (value) => {
      expect(decode(value)).toEqual(unreadable('invalid'))
    },
  )

  test.each([null, '', ' ', '{', 'grant', Buffer.from([0xff, 0xfe, 0x00])])(
    'bytes that are not JSON (%j) are undecodable',
    (value) => {
      expect(decode(value)).toEqual(unreadable('undecodable'))
    },
  )
})
