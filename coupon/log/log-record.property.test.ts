import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytes, grants, spoiled } from '../../test/harness/values/arbitraries.ts'
import { slotMax, userIdPattern } from '../grant.ts'
import { decodeRecord, encodeGrant, encodeMarker } from './log-record.ts'

test('every grant is read as it was written', () => {
  fc.assert(
    fc.property(grants, (grant) => {
      expect(decodeRecord(Buffer.from(encodeGrant(grant)))).toEqual({ kind: 'grant', grant })
    }),
  )
})

test('every marker is read as one, whatever it is for', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('"', '\\', '\n', '\0', 'ä', '😀', '\ud800') })),
      (purpose) => {
        expect(decodeRecord(Buffer.from(encodeMarker(purpose)))).toEqual({ kind: 'marker' })
      },
    ),
  )
})

test('any bytes are a grant within its bounds, a marker, or unreadable with a message', () => {
  const written = fc.oneof(
    grants.map((grant) => Buffer.from(encodeGrant(grant))),
    fc.constant(Buffer.from(encodeMarker('cut'))),
  )
  const altered = fc
    .tuple(
      grants,
      fc.constantFrom('couponId', 'campaignId', 'userId', 'slot', 'rank', 'epoch', 'grantedAtMs'),
      fc.oneof(fc.nat(20), fc.integer(), fc.double(), fc.string(), fc.jsonValue()),
    )
    .map(([grant, name, value]) => Buffer.from(JSON.stringify({ ...grant, [name]: value })))
  const values = fc.oneof(
    { weight: 3, arbitrary: spoiled(written) },
    { weight: 3, arbitrary: altered },
    bytes,
    fc.json().map((text) => Buffer.from(text)),
    fc.constant(null),
  )
  fc.assert(
    fc.property(values, (value) => {
      const read = decodeRecord(value)
      if (read.kind === 'marker') return
      if (read.kind !== 'grant') {
        expect(read.message).not.toBe('')
        return
      }
      expect(decodeRecord(Buffer.from(encodeGrant(read.grant)))).toEqual(read)
      expect(read.grant.userId).toMatch(userIdPattern)
      expect(read.grant.slot).toBeLessThanOrEqual(slotMax)
    }),
    { numRuns: 1_000 },
  )
})
