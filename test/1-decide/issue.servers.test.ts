import { expect, inject, test } from 'vitest'
import { createTestCampaign, newUser, press } from '../harness/processes/http-client.ts'

const [first, second] = inject('apiUrls')

test('a shopper who presses first wins rank 1, and pressing again gives the same coupon on another process', async () => {
  const campaignId = await createTestCampaign(first)
  const userId = newUser()
  const won = await press(first, campaignId, userId)
  expect(won.status).toBe(201)
  expect(won.body['rank']).toBe(1)
  const again = await press(second, campaignId, userId)
  expect(again.status).toBe(200)
  expect(again.body).toEqual(won.body)
})
