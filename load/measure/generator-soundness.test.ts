import { describe, expect, test } from 'vitest'
import { generatorFaults } from './generator-soundness.ts'

const latency = (p99Ms: number) => ({ count: 100, p50Ms: 0.1, p95Ms: 0.1, p99Ms, maxMs: p99Ms, curve: [] })
const sound = { cpuShare: 0.9, lateness: latency(1), heldBack: 0, unsent: 0 }

describe('a generator', () => {
  test('is sound at 90 % of a core, and with a lateness of a millisecond', () => {
    expect(generatorFaults(sound, undefined)).toEqual([])
    expect(generatorFaults({ ...sound, lateness: undefined }, undefined)).toEqual([])
  })

  test('may be late by a tenth of the p99 that it measured', () => {
    expect(generatorFaults({ ...sound, lateness: latency(4) }, 40)).toEqual([])
    expect(generatorFaults({ ...sound, lateness: latency(4) }, 39)).toEqual([
      'presses were sent late: p99 4.00 ms, above 3.90 ms',
    ])
  })

  test.each([
    [{ cpuShare: 0.97 }, 'the generator was at work all the time: latencies are its own (97 %)'],
    [{ lateness: latency(1.5) }, 'presses were sent late: p99 1.50 ms, above 1.00 ms'],
    [
      { lateness: latency(200), heldBack: 1_234 },
      'presses were sent late: p99 200 ms, above 1.00 ms; 1,234 found no free connection: use more --connections',
    ],
    [{ unsent: 3 }, '3 presses were never sent'],
  ])('with %j it names itself', (changes, fault) => {
    expect(generatorFaults({ ...sound, ...changes }, 5)).toEqual([fault])
  })
})
