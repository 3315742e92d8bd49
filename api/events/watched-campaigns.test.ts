import { expect, test } from 'vitest'
import { createWatchedCampaigns, watchedCampaignsMax } from './watched-campaigns.ts'

test('a campaign is watched until its last console leaves, who may leave twice', () => {
  const watched = createWatchedCampaigns()
  const [one, other] = [watched.add('a'), watched.add('a')]
  one()
  one()
  expect(watched.shown()).toEqual(['a'])
  other()
  expect(watched.shown()).toEqual([])
})

test('at most twenty are shown, the others are counted, and move up', () => {
  const watched = createWatchedCampaigns()
  const leave = Array.from({ length: watchedCampaignsMax + 2 }, (_, place) => watched.add(String(place)))
  expect([watched.shown().length, watched.others()]).toEqual([20, 2])
  leave[3]?.()
  expect([watched.shown().includes('3'), watched.shown().at(-1), watched.others()]).toEqual([false, '20', 1])
})
