import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Failure } from '../../platform/failure.ts'
import { noHarm } from './harm.ts'
import { parseRuns, type RunRecord, recordRun, withSection } from './run-record.ts'
import { runsSection } from './runs-section.ts'

const page = 'Before.\n\n<!-- faults:begin -->\ntyped by hand\n<!-- faults:end -->\n\nAfter.\n'
const run: RunRecord = {
  ...noHarm,
  date: '2026-11-21',
  seed: 'abc',
  only: [],
  rounds: 20,
  presses: 9,
  people: 8,
  rows: 7,
  kills: { api: { all: 21, counted: 20 }, redis: { all: 1_000, counted: 1_000 } },
  others: { 'kafka-pause': 3 },
  silenceMsMax: 1_234.5,
  tookMs: 600_000.25,
  verdict: 'pass',
  commit: 'c0ffee1',
  machine: '2 × A processor, 8 GB, Node v26',
  servers: ['Redis 7.0', 'Kafka 4.1'],
}

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fault-record-'))
})
afterAll(() => rm(folder, { recursive: true }))

const docs = new URL('../../docs/', import.meta.url)
const textOf = (name: string): Promise<string> =>
  readFile(new URL(name, docs), 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return ''
    throw cause
  })

describe('the record of fault runs', () => {
  test('the section of docs/reliability.md is made from the recorded runs alone', async () => {
    const written = await readFile(new URL('reliability.md', docs), 'utf8')
    expect(written).toBe(withSection(written, parseRuns(await textOf('fault-runs.jsonl'))))
  })

  test('a run is appended as one line of the file and one row of the page', async () => {
    const files = { runs: join(folder, 'runs.jsonl'), page: join(folder, 'page.md') }
    await writeFile(files.page, page)
    await recordRun(files, run)
    await recordRun(files, { ...run, seed: 'def', lost: 1, verdict: 'fail' })
    const kept = parseRuns(await readFile(files.runs, 'utf8'))
    expect(kept.map(({ seed, tookMs }) => [seed, tookMs])).toEqual([
      ['abc', 600_000],
      ['def', 600_000],
    ])
    const written = await readFile(files.page, 'utf8')
    expect(written).toBe(withSection(page, kept))
    expect(written).toMatch(/^Before\.\n\n<!-- faults:begin -->\n\n/)
    expect(written).toMatch(/\n\n<!-- faults:end -->\n\nAfter\.\n$/)
    expect(written).not.toContain('typed by hand')
    expect(written).toMatch(/`abc`[^]*\n.*`def`/)
  })

  test('a page without markers is refused before anything is written', async () => {
    const files = { runs: join(folder, 'none.jsonl'), page: join(folder, 'bare.md') }
    await writeFile(files.page, '<!-- faults:end --> <!-- faults:begin -->')
    await expect(recordRun(files, run)).rejects.toThrow(Failure)
    await expect(readFile(files.runs)).rejects.toThrow('ENOENT')
  })

  test.each(['no JSON', '{}', JSON.stringify({ ...run, extra: 1 }), JSON.stringify({ ...run, lost: -1 })])(
    'a line that is not a run is refused with its number: %s',
    (line) => {
      expect(() => parseRuns(`${JSON.stringify(run)}\n${line}\n`)).toThrow(/line 2 is not a fault run/)
    },
  )

  test('kills that count are summed by part, other faults by kind, and each run is a row', () => {
    const elsewhere = { ...run, seed: 'def', only: ['redis'], machine: 'another', toldTwoThings: 4 }
    const changed = { ...run, changes: { stops: 12, halts: 3, seen: 11, pagesMsMax: 420 } }
    const section = runsSection([changed, run, elsewhere])
    for (const line of [
      '- 12 pauses and closures, 3 of them without the database. All pages said so within 0.4 s (seen 11 times)',
      '- 2 runs on 2 × A processor, 8 GB, Node v26, Redis 7.0, Kafka 4.1',
      '- 1 run on another, Redis 7.0, Kafka 4.1',
      '| api | 60 | 63 |',
      '| redis | 3,000 | 3,000 |',
      '| all | 3,060 | 3,063 |',
      '| kafka-pause | 9 |',
      '| 2026-11-21 | `abc` | 20 | 1,020 | 0 | 0 | 0 | 0 | 0 | 0 | 1.2 s | pass | c0ffee1 |',
      '| 2026-11-21 | `def` only redis | 20 | 1,020 | 0 | 0 | 0 | 0 | 0 | 4 | 1.2 s | pass | c0ffee1 |',
    ])
      expect(section.split('\n')).toContain(line)
  })

  test('without runs the section says so', () => {
    expect(runsSection([])).toBe('No run is recorded yet.')
  })
})
