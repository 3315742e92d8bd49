import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createProgressDisplay } from '../../platform/progress-display.ts'
import { runInProcess } from '../../test/harness/processes/run-in-process.ts'
import { createCompatibilityCommand } from './command.ts'
import { type CompatibilityRun, compatibilityRuns } from './compatibility-record.ts'
import { compatibilitySection } from './compatibility-section.ts'
import { suiteResultOf } from './run-suite.ts'

const versions = { redis: 'Valkey 9.1.2', kafka: 'Kafka 4.1.1', database: 'MySQL 9.7.4' }
const run: CompatibilityRun = {
  date: '2026-11-29',
  servers: versions,
  given: [],
  programs: versions,
  node: '26.10.0',
  tests: { pattern: null, passed: 1_200, failed: 0, failures: [] },
  burst: 'pass',
  doctor: 'ok',
  commit: 'c0ffee1',
}

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'compatibility-record-'))
})
afterEach(() => rm(folder, { recursive: true }))

const docs = join(import.meta.dirname, '..', '..', 'docs')

describe('the record of compatibility runs', () => {
  test('the section of docs/compatibility.md is made from the recorded runs alone', async () => {
    const page = await readFile(join(docs, 'compatibility.md'), 'utf8')
    const runs = compatibilityRuns.parse(await readFile(join(docs, 'compatibility-runs.jsonl'), 'utf8'))
    expect(page).toBe(compatibilityRuns.withSection(page, runs))
  })

  test('a run is appended as one line of the file and one row of the page', async () => {
    const files = { runs: join(folder, 'runs.jsonl'), page: join(folder, 'page.md') }
    await writeFile(files.page, '<!-- compatibility:begin --><!-- compatibility:end -->')
    await compatibilityRuns.record(files, run)
    await compatibilityRuns.record(files, { ...run, burst: 'fail' })
    const runs = compatibilityRuns.parse(await readFile(files.runs, 'utf8'))
    expect(runs.map(({ burst }) => burst)).toEqual(['pass', 'fail'])
    expect(await readFile(files.page, 'utf8')).toContain(compatibilitySection(runs))
  })
})

describe('the row of a run', () => {
  const rowOf = (changes: Partial<CompatibilityRun>): string[] =>
    compatibilitySection([{ ...run, ...changes }])
      .split('\n')[2]
      ?.split(' | ') ?? []

  test('names the servers, and what each step said', () => {
    expect(rowOf({}).join(' | ')).toBe(
      '| 2026-11-29 | Valkey 9.1.2 | Kafka 4.1.1 | MySQL 9.7.4 | 26.10.0 | 1,200 passed, 0 failed | the same | pass | ok | c0ffee1 |',
    )
  })

  test('tells which servers were given, and what the tests started beside them', () => {
    const programs = { redis: 'Redis 7.0.15', kafka: 'Kafka 4.1.1', database: 'MariaDB 10.11.19' }
    const row = rowOf({ given: ['redis'], programs })
    expect([row[1], row[3], row[6]]).toEqual([
      'Valkey 9.1.2 (given)',
      'MySQL 9.7.4',
      'Redis 7.0.15, Kafka 4.1.1, MariaDB 10.11.19',
    ])
  })

  test('tells when only some tests ran, or none', () => {
    const tests = { pattern: 'coupon/gate', passed: 9, failed: 0, failures: [] }
    expect(rowOf({ tests })[5]).toBe('9 passed, 0 failed of `coupon/gate`')
    expect(rowOf({ tests: null })[5]).toBe('not run')
  })

  test('has its failed tests below the table', () => {
    const tests = { pattern: null, passed: 9, failed: 1, failures: ['a.test.ts: holds'] }
    expect(compatibilitySection([run, { ...run, tests }])).toMatch(
      /\n\nTests that failed:\n\n- 2026-11-29, Valkey 9.1.2, MySQL 9.7.4: a.test.ts: holds$/,
    )
  })
})

test('a test file that could not run counts as one failure, beside the tests that failed', () => {
  const assertionResults = [
    { title: 'holds', status: 'passed' },
    { title: 'breaks', status: 'failed' },
    { title: 'waits', status: 'skipped' },
  ]
  const report = {
    testResults: [
      { name: '/root/a.test.ts', message: '', assertionResults },
      { name: '/root/b.test.ts', message: 'SyntaxError', assertionResults: [] },
    ],
  }
  expect(suiteResultOf(report, '/root')).toEqual({
    passed: 1,
    failed: 2,
    failures: ['a.test.ts: breaks', 'b.test.ts could not run'],
  })
})

test.each([
  ['--tests a|b', '--tests: expected a part of a path, not a|b'],
  ['--only-burst --tests coupon', '--tests: not with --only-burst'],
])('`%s` is refused', async (words, fault) => {
  const command = createCompatibilityCommand({
    progress: createProgressDisplay({ write: () => true }),
    signal: new AbortController().signal,
  })
  const { code, stderr } = await runInProcess(command, words.split(' '))
  expect([code, stderr.split('\n\n')[0]]).toEqual([2, fault])
})
