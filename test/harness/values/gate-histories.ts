import * as fc from 'fast-check'
import type { Holder } from '../../../coupon/gate/packed-grant.ts'
import type { ModelSettings } from './gate-model.ts'

/**
 * One step of a history. `picks` counts outbox entries from the last one, 0, even when they are already gone.
 */
export type HistoryStep =
  | { kind: 'decide'; holders: Holder[]; isBehind: boolean }
  | { kind: 'append' | 'confirm'; picks: number[] }
  | { kind: 'look'; holders: Holder[] }
  | { kind: 'stop' | 'lose' }
  | { kind: 'arm'; settings: ModelSettings; isLost: boolean }

const users = ['a', 'b', 'c', 'd', 'e']
/** All users and slots of the histories. */
export const gateHolders: Holder[] = users.flatMap((userId) => [1, 2, 10].map((slot) => ({ userId, slot })))
const settings: fc.Arbitrary<ModelSettings> = fc.record({
  stock: fc.integer({ min: 0, max: 12 }),
  perUserLimit: fc.constantFrom(1, 2, 10),
  state: fc.oneof(
    { weight: 5, arbitrary: fc.constant('open' as const) },
    fc.constantFrom('paused', 'closed'),
  ),
  window: fc.oneof({ weight: 5, arbitrary: fc.constant('in' as const) }, fc.constantFrom('before', 'after')),
  isHeld: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
})
const holders = fc.array(fc.constantFrom(...gateHolders), { minLength: 1, maxLength: 6 })
const picks = fc.array(fc.nat(7), { minLength: 1, maxLength: 3 })
const step: fc.Arbitrary<HistoryStep> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('decide' as const),
      holders,
      isBehind: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('append', 'confirm', 'confirm'), picks }) },
  fc.record({ kind: fc.constant('look' as const), holders }),
  fc.record({ kind: fc.constantFrom('stop', 'lose') }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('arm' as const), settings, isLost: fc.boolean() }) },
)

/** The first settings of a gate, and what happens to it then. */
export const gateHistories = fc.tuple(settings, fc.array(step, { minLength: 1, maxLength: 40, size: 'max' }))
