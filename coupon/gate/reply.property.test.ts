import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Failure } from '../../platform/failure.ts'
import { grants, ids, spoiledText, userIds } from '../../test/harness/values/arbitraries.ts'
import { parseOutboxEntry } from './outbox-entry.ts'
import { parsePackedGrant } from './packed-grant.ts'
import { parseRefusal, parseReply } from './reply.ts'

/** The result of `read`, or `defect` when it throws a defect. Any other error is rethrown. */
const orDefect = <Result>(read: () => Result): Result | 'defect' => {
  try {
    return read()
  } catch (fault) {
    if (fault instanceof Failure && fault.code === 'defect') return 'defect'
    throw fault
  }
}

const packed = fc.record({ couponId: ids, rank: fc.nat(), grantedAtMs: fc.maxSafeNat(), number: fc.nat() })
const packedText = packed.map(
  ({ couponId, rank, grantedAtMs, number }) => `${couponId}|${rank}|${grantedAtMs}|${number}`,
)

describe('packed grants', () => {
  test('every packed grant is parsed as it was written', () => {
    fc.assert(
      fc.property(packed, (winner) => {
        const { couponId, rank, grantedAtMs, number } = winner
        expect(parsePackedGrant('look', `${couponId}|${rank}|${grantedAtMs}|${number}`)).toEqual(winner)
      }),
    )
  })

  test('any text in place of a packed grant is parsed into whole numbers, or is a defect', () => {
    fc.assert(
      fc.property(fc.oneof(spoiledText(packedText), fc.string(), fc.anything()), (raw) => {
        const read = orDefect(() => parsePackedGrant('look', raw))
        if (read === 'defect') return
        expect([read.rank, read.grantedAtMs, read.number].every(Number.isSafeInteger)).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })
})

const outbox = fc.tuple(fc.array(grants, { minLength: 1, maxLength: 5 }), fc.nat()).map(([some, number]) => {
  const [{ campaignId, epoch, grantedAtMs } = { campaignId: '', epoch: 0, grantedAtMs: 0 }] = some
  return {
    campaignId,
    epoch,
    number,
    grants: some.map((grant) => ({ ...grant, campaignId, epoch, grantedAtMs })),
  }
})
const linesOf = (some: { couponId: string; slot: number; rank: number; userId: string }[]): string =>
  some.map(({ couponId, slot, rank, userId }) => `${couponId},${slot},${rank},${userId}`).join('\n')

describe('outbox entries', () => {
  test('every outbox entry is parsed as the gate writes it', () => {
    fc.assert(
      fc.property(outbox, (entry) => {
        const { campaignId, epoch, number } = entry
        const grantedAtMs = String(entry.grants[0]?.grantedAtMs)
        const written = { number: String(number), grantedAtMs, grants: linesOf(entry.grants) }
        expect(parseOutboxEntry(campaignId, epoch, written)).toEqual(entry)
      }),
    )
  })

  test('any content of an outbox is parsed into whole numbers, or is a defect', () => {
    const lines = fc.oneof(spoiledText(outbox.map((entry) => linesOf(entry.grants))), fc.anything())
    const raw = fc.record({
      number: fc.anything(),
      grantedAtMs: fc.oneof(fc.nat(), fc.anything()),
      grants: lines,
    })
    fc.assert(
      fc.property(raw, (written) => {
        const read = orDefect(() => parseOutboxEntry('campaign', 1, written))
        if (read === 'defect') return
        for (const { slot, rank, grantedAtMs } of read.grants)
          expect([slot, rank, grantedAtMs].every(Number.isSafeInteger)).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })
})

test('any reply of a script is parsed into the requested types, or is a defect', () => {
  const codes = fc.constantFrom('OK', 'EPOCH', 'UNARMED', 'STALE', 'REARMING')
  const parts = fc.oneof(fc.string(), fc.integer(), fc.maxSafeInteger().map(String), fc.array(userIds))
  const replies = fc.oneof(
    fc.tuple(codes, fc.array(parts)).map(([code, rest]) => [code, ...rest]),
    fc.anything(),
  )
  fc.assert(
    fc.property(replies, fc.nat(6), (raw, at) => {
      const reply = orDefect(() => parseReply('decide', raw))
      if (reply === 'defect') return
      const refusal = orDefect(() => parseRefusal('decide', reply))
      if (refusal !== 'defect') expect(['recovering', 'epoch']).toContain(refusal.kind)
      const [text, number, list] = [
        orDefect(() => reply.text(at)),
        orDefect(() => reply.number(at)),
        orDefect(() => reply.list(at)),
      ]
      expect(typeof text).toBe('string')
      expect(number === 'defect' || Number.isSafeInteger(number)).toBe(true)
      expect(list === 'defect' || Array.isArray(list)).toBe(true)
    }),
    { numRuns: 1_000 },
  )
})
