import { describe, expect, inject, test } from 'vitest'
import { createTestCampaign, newUser, press } from '../harness/processes/http-client.ts'

const [first, second] = inject('apiUrls')

describe('a press is idempotent', () => {
  test('the first press wins rank 1, and pressing again on another process gives the same coupon', async () => {
    const campaignId = await createTestCampaign(first)
    const userId = newUser()
    const won = await press(first, campaignId, userId)
    expect(won.status).toBe(201)
    expect(won.body['rank']).toBe(1)
    const again = await press(second, campaignId, userId)
    expect(again.status).toBe(200)
    expect(again.body).toEqual(won.body)
  })
})
