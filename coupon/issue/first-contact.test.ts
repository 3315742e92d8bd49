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

test('presses for a campaign that is not known share one lookup, and go on in their order', async () => {
  const { found, lookups, press } = openContact()
  const pressing = ['a', 'b', 'c'].map(press)
  expect(lookups).toHaveLength(1)
  lookups[0]?.resolve(live)
  await Promise.all(pressing)
  expect(found).toEqual(['a live', 'b live', 'c live'])
})

test('a press that finds the campaign in memory does not pass one that still looks it up', async () => {
  const { found, lookups, learn, press } = openContact()
  const pressing = [press('a'), press('b')]
  learn()
  pressing.push(press('c'))
  expect(found).toEqual([])
  lookups[0]?.resolve(live)
  await turn()
  expect(found).toEqual(['a live', 'b live', 'c live'])
  await Promise.all(pressing)
  await press('d')
  expect(found.at(-1)).toBe('d from memory')
})

test('a lookup that fails is the answer of all that waited for it, and the next press looks again', async () => {
  const { found, lookups, press } = openContact()
  const pressing = ['a', 'b'].map(press)
  lookups[0]?.reject(new Error('Redis is away'))
  await Promise.all(pressing)
  const next = press('c')
  lookups[1]?.resolve({ kind: 'unknown' })
  await next
  expect(found).toEqual(['a failed', 'b failed', 'c unknown'])
})
