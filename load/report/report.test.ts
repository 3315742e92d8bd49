import { expect, test } from 'vitest'
import { createComparison } from '../../coupon/books/comparison.ts'
import type { BurstResult } from '../burst.ts'
import type { Machine } from '../machine.ts'
import { pairRatio } from '../pairs.ts'
import type { LoadRun } from '../run.ts'
import { markdownReport } from './markdown.ts'
import { terminalReport } from './terminal.ts'

const latency = { count: 500_000, p50Ms: 12.34, p95Ms: 45.6, p99Ms: 1_204, maxMs: 9_999 }
const emptyBooks = createComparison({ stock: 1, isLedgerComplete: true, identitiesMax: 1 }).finish()

const burst: BurstResult = {
  plan: { shoppers: 500_000, stock: 10_000_000, connections: 4_096 },
  campaignId: 'k',
  verdict: 'pass',
  checks: emptyBooks.map((check) => ({ ...check, looked: 500_000 })),
  outcomes: [
    { outcome: 'granted', answers: 500_000, latency },
    { outcome: 'unanswered', answers: 3, latency: undefined },
  ],
  figures: {
    answers: 500_000,
    accepted: 500_000,
    persisted: 500_000,
    answersPerSecond: 12_345,
    acceptedPerSecond: 12_345,
    persistedPerSecond: 12_000,
    drainMs: 34.5,
  },
  followedUp: 3,
  repeated: 400,
  faults: { ECONNRESET: 3 },
}
const failed: BurstResult = {
  ...burst,
  verdict: 'fail',
  checks: burst.checks.map((check) =>
    check.promise === 'no-lost-win' ? { ...check, verdict: 'fail', count: 2, examples: ['somebody'] } : check,
  ),
}
const bare = { answers: 500_000, answersPerSecond: 24_000, latency }
const machine: Machine = {
  processors: '2 × A processor',
  memoryGb: 8,
  node: 'v26.10.0',
  database: '11.0',
  packages: { hono: '4.0.0' },
  date: '2026-11-21',
  loadBefore: 0.1,
}
const runOf = (bursts: BurstResult[]): LoadRun => ({
  bursts,
  pairs: {
    pairs: [{ bare, burst, ratio: pairRatio(bare, burst) }],
    ratio: { min: 0.5, median: 0.5, max: 0.5 },
  },
  verdict: bursts.includes(failed) ? 'fail' : 'pass',
})
const plain = process.stdout

test('the verdict is the first word, before any figure', () => {
  expect(terminalReport(runOf([burst]), machine, plain).trim()).toMatch(/^PASS/)
  expect(terminalReport(runOf([burst, failed]), machine, plain).trim()).toMatch(/^FAIL/)
  expect(terminalReport({ ...runOf([burst]), verdict: 'in-flight' }, machine, plain)).toContain('PASS')
})

test('a broken promise is named, counted and shown by example', () => {
  const text = terminalReport(runOf([failed]), machine, plain)
  expect(text).toMatch(/FAIL .*broken: no-lost-win/)
  expect(text).toMatch(/fail +no-lost-win +2 of 500,000/)
  expect(text).toContain('somebody')
})

test('no line is wider than 100 columns', () => {
  const lines = terminalReport(runOf([burst]), { ...machine, loadBefore: 7 }, plain).split('\n')
  expect(lines.filter((line) => line.length > 100)).toEqual([])
})

test('the ratio is persisted coupons for each bare request', () => {
  expect(pairRatio(bare, burst)).toBe(0.5)
  expect(pairRatio({ ...bare, answersPerSecond: 0 }, burst)).toBe(0)
})

test('the Markdown says where, when and how it was measured', () => {
  const text = markdownReport(runOf([burst]), machine, 'npm run load -- burst')
  for (const fact of [
    'npm run load -- burst',
    '2026-11-21',
    '2 × A processor',
    'v26.10.0',
    'hono 4.0.0',
    '**PASS**',
  ])
    expect(text).toContain(fact)
  expect(text).toMatch(/\| 1 \| 24,000 \| 12,345 \| 12,000 \| 34.5 \| 0.50 \|/)
})
