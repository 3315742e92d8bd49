import { expect, test } from 'vitest'
import type { Campaign } from '../campaign.ts'
import { createDueGates, type DueGates, type RedisLook } from './due-gates.ts'

const campaign = (id: string, changes: Partial<Campaign> = {}): Campaign =>
  ({ id, version: 1, epoch: 1, ...changes }) as Campaign
const many = Array.from({ length: 1_200 }, (_, index) => campaign(`c${index}`))
const listedAs = (campaigns: readonly Campaign[]): ReadonlyMap<string, number> =>
  new Map(campaigns.map(({ id, version }) => [id, version]))
const quiet: RedisLook = { listed: listedAs(many), noted: new Set(), fence: 'a' }

/** Gates that were all inspected once, and were in order. */
const afterFirstLook = (): DueGates => {
  const gates = createDueGates()
  for (const one of gates.due(many, quiet)) gates.inspected(one, false)
  return gates
}
const idsOf = (campaigns: readonly Campaign[]): string[] => campaigns.map(({ id }) => id)

test('the first look inspects every gate, and later ones 500 in turn', () => {
  const gates = createDueGates()
  const first = gates.due(many, quiet)
  expect(first).toHaveLength(1_200)
  for (const one of first) gates.inspected(one, false)
  const seen = new Set([1, 2, 3].flatMap(() => idsOf(gates.due(many, quiet))))
  expect(seen.size).toBe(1_200)
  expect(gates.due(many, quiet).length).toBeLessThanOrEqual(500)
})

test.each<[string, Partial<RedisLook>]>([
  ['another server', { fence: 'b' }],
  ['a lost list', { listed: 'lost' }],
])('%s makes every gate due', (_, changes) => {
  expect(afterFirstLook().due(many, { ...quiet, ...changes })).toHaveLength(1_200)
})

test('a gate is due in every look while it is noted, unlisted, changed in the ledger, or not in order', () => {
  const gates = afterFirstLook()
  const [noted, unlisted, changed, broken] = ['c1190', 'c1191', 'c1192', 'c1193']
  gates.inspected(campaign(broken), true)
  const listed = new Map(quiet.listed as ReadonlyMap<string, number>)
  listed.delete(unlisted)
  const now = many.map((one) => (one.id === changed ? { ...one, epoch: 2 } : one))
  for (let look = 0; look < 2; look += 1)
    expect(idsOf(gates.due(now, { ...quiet, listed, noted: new Set([noted]) }))).toEqual(
      expect.arrayContaining([noted, unlisted, changed, broken]),
    )
})
