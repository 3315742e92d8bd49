import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createProgressDisplay } from './progress-display.ts'

let written: string

beforeEach(() => {
  written = ''
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

const working = (isTTY: boolean, ms: number, what: string | (() => string) = 'Kafka: starting') =>
  createProgressDisplay({ isTTY, columns: 40, write: (text: string) => (written += text) }).step(
    what,
    () => new Promise<void>((resolve) => setTimeout(resolve, ms)),
  )

test('a step of less than a second shows nothing', async () => {
  for (const isTTY of [true, false]) {
    const step = working(isTTY, 900)
    await vi.advanceTimersByTimeAsync(900)
    await step
  }
  expect(written).toBe('')
})

test('on a terminal one line counts the seconds and is gone at the end', async () => {
  const step = working(true, 3_100)
  await vi.advanceTimersByTimeAsync(2_500)
  expect(written).toContain('1 s  Kafka: starting')
  expect(written.endsWith('\r\u001b[K2 s  Kafka: starting')).toBe(true)
  await vi.advanceTimersByTimeAsync(1_000)
  await step
  expect(written).not.toContain('\n')
  expect(written.endsWith('\r\u001b[K')).toBe(true)
})

test('elsewhere it is said once, and again every 15 seconds', async () => {
  const step = working(false, 20_000)
  await vi.advanceTimersByTimeAsync(20_000)
  await step
  expect(written).toBe('Kafka: starting …\nKafka: starting … 16 s\n')
})

test('a figure that changes is asked for each time that it is shown', async () => {
  for (const isTTY of [true, false]) {
    let answers = 0
    const step = working(isTTY, 20_000, () => `${(answers += 1)} answers`)
    await vi.advanceTimersByTimeAsync(20_000)
    await step
  }
  expect(written).toMatch(/1 s {2}1 answers[^]*1 s {2}2 answers/)
  expect(written.endsWith('1 answers …\n2 answers … 16 s\n')).toBe(true)
})
