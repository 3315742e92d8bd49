import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { termsAndEdited } from '../../test/harness/values/campaign-terms.ts'
import type { CampaignTerms } from '../campaign.ts'
import { findFrozen, findTaken, keepPromised } from './frozen-terms.ts'
import { findContradictions } from './terms-rules.ts'

const opensAtMs = 1_800_000_000_000
const marginMs = 6_000
const pairs = termsAndEdited(opensAtMs)

/** What a holder has, as they would list it, at moments around every time that the tests use. */
const rightsOf = ({ stock, perUserLimit, coupon, eligibility }: CampaignTerms): Set<string> => {
  const rights = new Set<string>()
  for (let rank = 1; rank <= stock; rank += 1) rights.add(`rank ${rank}`)
  for (let slot = 1; slot <= perUserLimit; slot += 1) rights.add(`slot ${slot}`)
  for (let ms = opensAtMs - 10_000_000; ms < opensAtMs + 20_000_000; ms += 500_000)
    if (ms >= coupon.usableFromMs && ms < coupon.usableUntilMs) rights.add(`usable at ${ms}`)
  rights.add(`for ${JSON.stringify(eligibility)}`)
  rights.add(`worth ${JSON.stringify([coupon.title, coupon.discount])}`)
  return rights
}

describe('an edit of a campaign that has opened', () => {
  test('takes no right from a holder, unless it is refused', () => {
    let allowed = 0
    fc.assert(
      fc.property(pairs, ([before, after]) => {
        if (findFrozen(before, after, { nowMs: before.opensAtMs, marginMs }).length > 0) return
        allowed += 1
        const left = rightsOf(after)
        expect([...rightsOf(before)].filter((right) => !left.has(right))).toEqual([])
        expect(after.opensAtMs).toBe(before.opensAtMs)
      }),
      { numRuns: 2_000 },
    )
    expect(allowed).toBeGreaterThan(100)
  })

  test('is refused only for a part that differs, and each such part is named once', () => {
    fc.assert(
      fc.property(pairs, ([before, after]) => {
        const pointers = findTaken(before, after).map(({ pointer }) => pointer)
        expect(new Set(pointers).size).toBe(pointers.length)
        const parts: Record<string, (terms: CampaignTerms) => unknown> = {
          '/stock': (terms) => terms.stock,
          '/opensAt': (terms) => terms.opensAtMs,
          '/perUserLimit': (terms) => terms.perUserLimit,
          '/coupon/title': (terms) => terms.coupon.title,
          '/coupon/discount': (terms) => terms.coupon.discount,
          '/coupon/usableFrom': (terms) => terms.coupon.usableFromMs,
          '/coupon/usableUntil': (terms) => terms.coupon.usableUntilMs,
          '/eligibility': (terms) => terms.eligibility,
        }
        for (const pointer of pointers) {
          const read = parts[pointer]
          expect(isDeepStrictEqual(read?.(before), read?.(after))).toBe(false)
        }
      }),
    )
  })
})

describe('an edit before the opening', () => {
  test('may change everything, longer than the margin before both openings', () => {
    fc.assert(
      fc.property(pairs, ([before, after]) => {
        const nowMs = opensAtMs - 1 - marginMs - 1
        expect(findFrozen(before, after, { nowMs, marginMs })).toEqual([])
      }),
    )
  })

  test.each([
    ['the opening is near', { opensAtMs: opensAtMs + marginMs }, {}],
    ['it brings the opening near', { opensAtMs: opensAtMs + 3_600_000 }, { opensAtMs: opensAtMs + marginMs }],
  ])('may not change what winners are told when %s', (_, old, edited) => {
    const [[before]] = fc.sample(pairs, { numRuns: 1, seed: 1 }) as [[CampaignTerms, CampaignTerms]]
    const near = { ...before, ...old }
    const title = { ...before.coupon, title: `${before.coupon.title}!` }
    const moment = { nowMs: opensAtMs, marginMs }
    expect(findFrozen(near, { ...near, ...edited, coupon: title }, moment)).toEqual([
      { pointer: '/coupon/title', message: expect.stringContaining('last 6 seconds') },
    ])
    expect(findFrozen(near, { ...near, ...edited, stock: 1, perUserLimit: 1 }, moment)).toEqual([])
    const justBefore = { nowMs: opensAtMs - 1, marginMs }
    expect(findFrozen(near, { ...near, ...edited, coupon: title }, justBefore)).toEqual([])
  })
})

describe('what is kept of an edit that a gate refused', () => {
  test('takes nothing from a holder', () => {
    fc.assert(
      fc.property(pairs, ([promised, wanted]) => {
        expect(findTaken(promised, keepPromised(promised, wanted))).toEqual([])
      }),
    )
  })

  test('is all of it where it takes nothing', () => {
    fc.assert(
      fc.property(pairs, ([promised, wanted]) => {
        fc.pre(findTaken(promised, wanted).length === 0 && findContradictions(wanted).length === 0)
        expect(keepPromised(promised, wanted)).toEqual(wanted)
      }),
    )
  })

  test('contradicts itself only if one of the two does', () => {
    fc.assert(
      fc.property(pairs, ([promised, wanted]) => {
        fc.pre([...findContradictions(promised), ...findContradictions(wanted)].length === 0)
        expect(findContradictions(keepPromised(promised, wanted))).toEqual([])
      }),
    )
  })
})
