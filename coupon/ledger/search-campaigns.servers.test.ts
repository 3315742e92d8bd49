import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createOwnDatabase, type OwnDatabase } from '../../test/harness/servers/own-database.ts'
import { publicState } from '../campaign.ts'
import { idBytes } from './ids.ts'
import { type CampaignQuery, searchableStates, searchCampaigns } from './search-campaigns.ts'

const nowMs = 1_800_000_000_000
const hourMs = 3_600_000

let ledger: OwnDatabase
beforeAll(async () => {
  ledger = await createOwnDatabase()
})
afterAll(() => ledger.close())

const createCampaign = async (
  name: string,
  { state = 'open', opensIn = -1, closesIn = 1, isRetired = false } = {},
): Promise<string> => {
  const times = { opensAtMs: nowMs + opensIn * hourMs, closesAtMs: nowMs + closesIn * hourMs }
  const { id } = await ledger.createCampaign({ name, ...times })
  await ledger.change('UPDATE campaigns SET state = ?, retired_at_ms = ? WHERE campaign_id = ?', [
    ...[state, isRetired ? nowMs : null, idBytes(id)],
  ])
  return id
}

/** Every page of a list, as names. */
const pagesOf = async (query: Partial<CampaignQuery>, looksAtMost?: number): Promise<string[][]> => {
  const pages: string[][] = []
  let beforeId: string | undefined
  do {
    const page = await searchCampaigns(ledger.database, { limit: 2, nowMs, ...query, beforeId }, looksAtMost)
    pages.push(page.items.map(({ name }) => name))
    beforeId = page.nextBeforeId
  } while (beforeId !== undefined && pages.length < 100)
  return pages
}
const namesOf = async (query: Partial<CampaignQuery>): Promise<string[]> => (await pagesOf(query)).flat()
const clear = (): Promise<number> => ledger.change('DELETE FROM campaigns')

describe('campaigns by state', () => {
  test('are those that show it, at every edge of their times', async () => {
    await clear()
    for (const state of ['open', 'paused', 'closed'])
      for (const [opensIn, closesIn] of [
        ...[
          [1, 2],
          [0, 1],
          [-1, 1],
          [-1, 0],
          [-2, -1],
        ],
      ] as const)
        await createCampaign(`${state} ${opensIn} ${closesIn}`, { state, opensIn, closesIn })
    await createCampaign('retired', { state: 'paused', isRetired: true })
    const { items: all } = await searchCampaigns(ledger.database, { limit: 100, beforeId: undefined, nowMs })
    expect(all).toHaveLength(16)
    for (const state of searchableStates) {
      const shown = all.filter(
        (campaign) => (campaign.retired ? 'closed' : publicState(campaign, 0, nowMs)) === state,
      )
      expect(await namesOf({ state })).toEqual(shown.map(({ name }) => name))
    }
    const found = await Promise.all(searchableStates.map((state) => namesOf({ state })))
    expect(found.flat().toSorted()).toEqual(all.map(({ name }) => name).toSorted())
  })
})

describe('campaigns by text', () => {
  test.each([
    ['spring', ['SPRING sale', 'Spring Sale']],
    ['SALE', ['SPRING sale', 'Spring Sale']],
    ['봄맞이', ['봄맞이 세일 🌸']],
    ['🌸', ['봄맞이 세일 🌸']],
    ['🌹', []],
    ['é', ['CAFÉ', 'café']],
    ['cafe', []],
    ['%', ['100% off']],
    ['0_', []],
    ['_', ['a_b']],
    ["'", ["it's"]],
    ['\\', ['back\\slash']],
    ['nobody', []],
  ])('%j finds %j, letter by letter', async (text, names) => {
    await clear()
    const all = [
      'Spring Sale',
      'SPRING sale',
      '봄맞이 세일 🌸',
      'café',
      'CAFÉ',
      '100% off',
      'a_b',
      "it's",
      'back\\slash',
    ]
    for (const name of all) await createCampaign(name)
    expect(await namesOf({ text })).toEqual(names)
  })

  test('and state together', async () => {
    await clear()
    await createCampaign('Sale 1', { state: 'paused' })
    await createCampaign('Sale 2')
    await createCampaign('Other', { state: 'paused' })
    expect(await namesOf({ text: 'sale', state: 'paused' })).toEqual(['Sale 1'])
  })
})

describe('a page', () => {
  const fill = async (): Promise<void> => {
    await clear()
    for (let at = 0; at < 7; at += 1) await createCampaign(at === 0 ? 'wanted' : `other ${at}`)
  }

  test('looks at a bounded number of campaigns, and the next one goes on behind them', async () => {
    await fill()
    expect(await pagesOf({ text: 'wanted' }, 3)).toEqual([[], [], ['wanted']])
    expect(await pagesOf({ text: 'other' }, 3)).toEqual([
      ...[['other 6', 'other 5'], ['other 4', 'other 3'], ['other 2', 'other 1'], []],
    ])
  })

  test('without a filter is full while there are more', async () => {
    await fill()
    const all = ['other 6', 'other 5', 'other 4', 'other 3', 'other 2', 'other 1', 'wanted']
    expect(await pagesOf({}, 1)).toEqual([all.slice(0, 2), all.slice(2, 4), all.slice(4, 6), all.slice(6)])
  })

  test('with a filter has every campaign once, however many it looks at', async () => {
    await fill()
    for (let looksAtMost = 1; looksAtMost <= 8; looksAtMost += 1)
      for (const text of ['o', 'wanted', 'e'])
        expect((await pagesOf({ text }, looksAtMost)).flat()).toEqual(await namesOf({ text }))
  })
})
