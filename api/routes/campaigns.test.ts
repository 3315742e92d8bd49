import { expect, test } from 'vitest'
import { rehearsalRule } from '../../coupon/rehearsal-rule.ts'
import { Failure } from '../../platform/failure.ts'
import { openGateView } from '../../test/harness/values/open-gate-view.ts'
import { createKnownReader } from './campaigns.ts'

const view = openGateView({ granted: 4 })
const rehearsal = { ...view, document: { ...view.document, eligibility: [rehearsalRule('a')] } }

/** A reader on a process that knows the sale `a` and its rehearsal `b`, while no gate answers. */
const readKnown = createKnownReader(
  {
    known: (id) => {
      const known = { a: view, b: rehearsal }[id]
      return known && { id, version: 1, view: known, readAtMs: 0 }
    },
    gateNowMs: () => 2_000,
  },
  async () => {
    throw new Failure('unavailable', 'no answer')
  },
)

test('while its gate does not answer the page of a sale that is known here is there, and of no other', async () => {
  expect(await readKnown('a')).toMatchObject({ id: 'a', state: 'open', remaining: 6 })
  await expect(readKnown('c')).rejects.toMatchObject({ code: 'unavailable' })
})

test('a rehearsal is unknown in public also while its gate does not answer', async () => {
  expect(await readKnown('b')).toBe('unknown')
})
