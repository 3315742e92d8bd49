import { afterAll, expect, inject, test } from 'vitest'
import { openBooks, toldBy } from './books.ts'
import { type Answer, createCampaign, newUser, press } from './client.ts'
import { startPart } from './processes.ts'

const [first] = inject('apiUrls')
const books = openBooks()
afterAll(books.close)

const byRank = (answers: readonly Answer[]) =>
  answers.map(toldBy).sort((left, right) => left.rank - right.rank)

test('past its bound of waiting requests a process refuses at once and takes no stock; pressing again wins', async () => {
  const api = await startPart(
    'api',
    { ...inject('environment'), ISSUE_QUEUE_MAX: '5' },
    { folder: inject('folder'), waitFor: 'ready' },
  )
  try {
    const campaignId = await createCampaign(first, { stock: 200 })
    let waiting = Array.from({ length: 200 }, newUser)
    const won: Answer[] = []
    let refusals = 0
    while (waiting.length > 0) {
      const answers = await Promise.all(waiting.map((userId) => press(api.url, campaignId, userId)))
      const refused = answers.filter(({ status }) => status === 503)
      for (const { headers, body } of refused) {
        expect(body['code']).toBe('overloaded')
        expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
      }
      won.push(...answers.filter(({ status }) => status === 201))
      expect(refused.length + won.length).toBe(200)
      expect(await books.gate(campaignId)).toMatchObject({ granted: won.length, winners: won.length })
      waiting = waiting.filter((_, index) => answers[index]?.status === 503)
      refusals += refused.length
    }
    expect(refusals).toBeGreaterThan(0)
    expect(byRank(won).map(({ rank }) => rank)).toEqual(won.map((_, index) => index + 1))
    expect(await books.drained(campaignId, 200)).toEqual(byRank(won))
  } finally {
    await api.stop()
  }
})
