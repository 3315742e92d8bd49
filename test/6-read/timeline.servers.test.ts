import { randomUUIDv7 } from 'node:crypto'
import { expect, inject, test } from 'vitest'
import { timelineShape } from '../../api/contract/timeline-shape.ts'
import {
  ask,
  changeCampaign,
  createTestCampaign,
  newUser,
  operatorToken,
  press,
  tokenOf,
} from '../harness/processes/http-client.ts'
import { namedTokens } from '../harness/values/named-tokens.ts'
import { until } from '../harness/values/until.ts'

const [first, second] = inject('apiUrls')
const pathOf = (campaignId: string): string => `${second}/v1/admin/campaigns/${campaignId}/timeline`
const read = async (campaignId: string) => {
  const { status, body } = await ask(pathOf(campaignId), { token: namedTokens.viewer })
  expect(status).toBe(200)
  return timelineShape.strict().parse(body)
}

test('tells when each grant came, as its winner was told, and who changed what between them', async () => {
  const campaignId = await createTestCampaign(first, { stock: 4, timeZone: 'Asia/Seoul' })
  const told: string[] = []
  const win = async (presses: number): Promise<void> => {
    for (let done = 0; done < presses; done += 1) {
      const { status, body } = await press(first, campaignId, newUser())
      expect(status).toBe(201)
      told.push(String(body['issuedAt']))
    }
  }
  await win(3)
  await changeCampaign(first, campaignId, 'pause', { reason: 'too fast' })
  expect((await press(first, campaignId, newUser())).body['code']).toBe('paused')
  await changeCampaign(first, campaignId, 'resume')
  await win(1)
  expect((await press(first, campaignId, newUser())).body['code']).toBe('sold-out')
  await changeCampaign(first, campaignId, 'stock', { stock: 12, reason: 'more' })
  await win(2)
  const timeline = await until('all are rows', async () => {
    const found = await read(campaignId)
    return found.points.length === 6 && found
  })
  expect(timeline).toMatchObject({ campaignId, name: 'Test sale', timeZone: 'Asia/Seoul' })
  expect(timeline.points).toEqual(told.map((at, index) => ({ rank: index + 1, at })))
  expect(timeline.milestones).toEqual([
    { kind: 'first', rank: 1, at: told[0], stock: 4 },
    { kind: 'half', rank: 2, at: told[1], stock: 4 },
    { kind: 'sold-out', rank: 4, at: told[3], stock: 4 },
    { kind: 'half', rank: 6, at: told[5], stock: 12 },
    { kind: 'last', rank: 6, at: told[5], stock: 12 },
  ])
  expect(timeline.changes.map(({ at: _, ...change }) => change)).toEqual([
    { version: 1, action: 'created', by: 'operator', reason: null, stock: 4 },
    { version: 2, action: 'paused', by: 'operator', reason: 'too fast', stock: 4 },
    { version: 3, action: 'resumed', by: 'operator', reason: 'a test', stock: 4 },
    { version: 4, action: 'stock-raised', by: 'operator', reason: 'more', stock: 12 },
  ])
  const times = timeline.changes.map(({ at }) => at)
  expect(times.toSorted()).toEqual(times)
})

test('is for operators, of campaigns that there are', async () => {
  const campaignId = await createTestCampaign(first)
  expect((await ask(pathOf(campaignId), { token: tokenOf(newUser()) })).status).toBe(401)
  expect((await ask(pathOf(campaignId), { token: namedTokens.orders })).status).toBe(403)
  for (const unknown of [randomUUIDv7(), 'no-id']) {
    const { status, body } = await ask(pathOf(unknown), { token: operatorToken() })
    expect([status, body['code']]).toEqual([404, 'unknown-campaign'])
  }
})
