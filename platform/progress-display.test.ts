import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createProgressDisplay } from './progress-display.ts'

let written: string

beforeEach(() => {
  written = ''
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

const runStep = (
  isTTY: boolean,
  ms: number,
  { columns = 40, what = 'Kafka: starting' }: { columns?: number; what?: string | (() => string) } = {},
): Promise<void> =>
  createProgressDisplay({ isTTY, columns, write: (text: string) => (written += text) }).step(
    what,
    () => new Promise((resolve) => setTimeout(resolve, ms)),
  )

describe('a step', () => {
  test('of less than a second shows nothing', async () => {
    for (const isTTY of [true, false]) {
      const step = runStep(isTTY, 900)
      await vi.advanceTimersByTimeAsync(900)
      await step
    }
    expect(written).toBe('')
  })

  test('counts its seconds on one line of a terminal, which is cleared at the end', async () => {
    const step = runStep(true, 3_100)
    await vi.advanceTimersByTimeAsync(2_500)
    expect(written).toContain('1 s  Kafka: starting')
    expect(written.endsWith('\r\u001b[K2 s  Kafka: starting')).toBe(true)
    await vi.advanceTimersByTimeAsync(1_000)
    await step
    expect(written).not.toContain('\n')
    expect(written.endsWith('\r\u001b[K')).toBe(true)
  })

  test('is shown in full on a terminal that reports no width', async () => {
    const step = runStep(true, 1_500, { columns: 0 })
    await vi.advanceTimersByTimeAsync(1_500)
    await step
    expect(written).toContain('1 s  Kafka: starting\r')
  })

  test('is written once without a terminal, and again every 15 seconds', async () => {
    const step = runStep(false, 20_000)
    await vi.advanceTimersByTimeAsync(20_000)
    await step
    expect(written).toBe('Kafka: starting …\nKafka: starting … 16 s\n')
  })

  test('with a figure that changes asks for it each time that it is shown', async () => {
    for (const isTTY of [true, false]) {
      let answers = 0
      const step = runStep(isTTY, 20_000, { what: () => `${(answers += 1)} answers` })
      await vi.advanceTimersByTimeAsync(20_000)
      await step
    }
    expect(written).toMatch(/1 s {2}1 answers[^]*1 s {2}2 answers/)
    expect(written.endsWith('1 answers …\n2 answers … 16 s\n')).toBe(true)
  })
})
