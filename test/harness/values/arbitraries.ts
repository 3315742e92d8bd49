import * as fc from 'fast-check'
import { type Grant, slotMax } from '../../../coupon/grant.ts'

// Records for the tests that read random ones.

/** A UUID as ids are written. */
export const ids = fc.uuid()

/** Any valid user id. */
export const userIds = fc.string({
  unit: fc.constantFrom(...['a', 'x', 'A', 'X', '0', '9', '.', '_', '~', '@', '|', ':', '+', '-']),
  minLength: 1,
  maxLength: 64,
})

/** Any valid grant. */
export const grants: fc.Arbitrary<Grant> = fc.record({
  ...{ couponId: ids, campaignId: ids, userId: userIds },
  slot: fc.integer({ min: 1, max: slotMax }),
  rank: fc.integer({ min: 1, max: 4_294_967_295 }),
  epoch: fc.integer({ min: 1, max: 4_294_967_295 }),
  grantedAtMs: fc.maxSafeNat(),
})

/** Any bytes. */
export const bytes: fc.Arbitrary<Buffer> = fc
  .uint8Array({ maxLength: 200 })
  .map((array) => Buffer.from(array))

/**
 * What was written, with some bytes of it replaced by others at one place: nothing, fewer, as many or more.
 */
export const spoiled = (written: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> =>
  fc
    .tuple(
      written,
      fc.nat(),
      fc.nat(4),
      fc.oneof(fc.uint8Array({ maxLength: 4 }), fc.constant(Buffer.from('"'))),
    )
    .map(([whole, at, taken, put]) => {
      const from = at % (whole.length + 1)
      return Buffer.concat([whole.subarray(0, from), put, whole.subarray(from + taken)])
    })

/** The same of text. */
export const spoiledText = (written: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  spoiled(written.map((text) => Buffer.from(text))).map((buffer) => buffer.toString())
