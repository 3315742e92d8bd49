import { expect, test } from 'vitest'
import { createCountdownNews } from './countdown-news.ts'

/** What is told on a way through these moments, and how often the clock is looked at. */
const passed = (moments: number[], random = 0) => {
  const told: string[] = []
  let looks = 0
  const milestones = createCountdownNews(
    ({ en }) => told.push(en),
    () => (looks += 1),
    () => random,
  )
  for (const leftMs of moments) milestones(leftMs)
  return { told, looks }
}
const [minute, ten, open] = ['Opens in one minute.', 'Opens in ten seconds.', 'Open now.']

test('each milestone is told once, whatever is drawn between', () => {
  expect(passed([90_000, 60_000, 59_999, 30_001, 29_999, 10_000, 9_000, 1, 0, -1, -5_000])).toEqual({
    told: [minute, ten, open],
    looks: 1,
  })
})

test('who comes later is not told what was passed before', () => {
  expect(passed([20_000, 19_999]).told).toEqual([])
  expect(passed([-1, -2]).told).toEqual([])
})

test('a page that was asleep is told the last milestone alone', () => {
  expect(passed([90_000, 5_000]).told).toEqual([ten])
  expect(passed([90_000, -5_000])).toEqual({ told: [open], looks: 0 })
})

test('pages look at the clock again between 30 and 20 s before, each at a time of its own', () => {
  expect(passed([31_000, 29_999]).looks).toBe(1)
  expect(passed([31_000, 29_999], 0.5).looks).toBe(0)
  expect(passed([31_000, 24_999], 0.5).looks).toBe(1)
  expect(passed([31_000, 20_101], 0.99).looks).toBe(0)
})
