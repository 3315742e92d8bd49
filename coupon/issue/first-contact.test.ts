import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { FoundCampaign, LiveCampaign } from '../campaigns/registry.ts'
import { createFirstContact } from './first-contact.ts'

const campaign = { id: 'sale' } as LiveCampaign
const live: FoundCampaign = { kind: 'live', campaign }

/** A registry whose lookups are answered by hand. */
const openContact = () => {
  const lookups: PromiseWithResolvers<FoundCampaign>[] = []
  const found: string[] = []
  let known: LiveCampaign | undefined
  const contact = createFirstContact({
    known: () => known,
    find() {
      const lookup = Promise.withResolvers<FoundCampaign>()
      lookups.push(lookup)
      return lookup.promise
    },
  })
  /** As the issuer does: from memory at once, else when it is found. */
  const press = async (name: string): Promise<void> => {
    if (contact.known('sale') !== undefined) return void found.push(`${name} from memory`)
    await contact.find('sale').then(
      ({ kind }) => found.push(`${name} ${kind}`),
      () => found.push(`${name} failed`),
    )
  }
  return {
    ...{ found, lookups, press },
    learn: () => (known = campaign),
  }
}

test('presses that look a campaign up find it in their order, whichever lookup is answered first', async () => {
  const { found, lookups, press } = openContact()
  const pressing = ['a', 'b', 'c'].map(press)
  for (const lookup of lookups.toReversed()) {
    lookup.resolve(live)
    await turn()
  }
  await Promise.all(pressing)
  expect(found).toEqual(['a live', 'b live', 'c live'])
})

test('a press that finds the campaign in memory does not pass one that still looks it up', async () => {
  const { found, lookups, learn, press } = openContact()
  const pressing = [press('a'), press('b')]
  learn()
  pressing.push(press('c'))
  expect(found).toEqual([])
  // The lookup of b is never answered: it is needless once the campaign is known.
  lookups[0]?.resolve(live)
  await turn()
  expect(found).toEqual(['a live', 'b live', 'c live'])
  await Promise.all(pressing)
  await press('d')
  expect(found.at(-1)).toBe('d from memory')
})

test('a lookup that fails or finds nothing is the answer of its own press alone', async () => {
  const { found, lookups, press } = openContact()
  const pressing = ['a', 'b', 'c'].map(press)
  lookups[1]?.resolve({ kind: 'unknown' })
  lookups[2]?.resolve(live)
  lookups[0]?.reject(new Error('Redis is away'))
  await Promise.all(pressing)
  expect(found).toEqual(['a failed', 'b unknown', 'c live'])
})
