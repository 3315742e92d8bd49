import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { runCommand } from '../../test/harness/processes/run-command.ts'
import type { BenchRun } from '../scenarios/bench-run.ts'

test('npm run bench writes a report with the verdict, the figures and both baselines', async () => {
  const reports = await mkdtemp(join(tmpdir(), 'firstcome-reports-'))
  try {
    const [apiUrl] = inject('apiUrls')
    const words = ['--shoppers', '300', '--rounds', '2', '--reports', reports]
    const { code, stdout } = await runCommand('load/bench/main.ts', words, { API_URL: apiUrl })
    expect(stdout.trim()).toMatch(/^PASS/)
    expect(code).toBe(0)
    const [folder = ''] = await readdir(reports)
    expect(folder).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-(?:[0-9a-f]{10}|unknown)$/)
    const read = (name: string) => readFile(join(reports, folder, name), 'utf8')
    const run = JSON.parse(await read('run.json')) as BenchRun
    expect(run.burst.comparison?.rounds).toHaveLength(2)
    expect(run.burst.bursts.map(({ figures }) => figures.persisted)).toEqual([300, 300])
    expect(await read('report.html')).toContain('<h1>PASS</h1>')
    expect(await read('report.md')).toContain('bare node:http')
  } finally {
    await rm(reports, { recursive: true })
  }
})
