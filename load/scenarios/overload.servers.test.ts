import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, inject, test } from 'vitest'
import { runCommand } from '../../test/harness/processes/run-command.ts'
import { startPart } from '../../test/harness/processes/start-part.ts'
import type { Machine } from '../measure/machine.ts'
import { overloadReport } from '../report/overload.ts'
import type { OverloadResult } from './overload.ts'

const [apiUrl] = inject('apiUrls')
const overload = (words: string, changes: Record<string, string> = {}) =>
  runCommand('load/main.ts', ['overload', ...words.split(' ')], { API_URL: apiUrl, ...changes })

describe('npm run load -- overload', () => {
  test('it says PASS with goodput, refusals and memory, and exits with 0', async () => {
    const folder = join(inject('folder'), 'overload')
    const api = await startPart(
      'api',
      { ...inject('environment'), ISSUE_QUEUE_MAX: '64' },
      { folder, waitFor: 'ready' },
    )
    try {
      const { code, stdout } = await overload(
        `--connections 200 --seconds 1 --times 10 --peak-shoppers 200 --peak-connections 16 --warm-up 0 --json --metrics ${api.metricsUrl}`,
        { API_URL: api.url },
      )
      const { machine, ...result } = JSON.parse(stdout) as OverloadResult & { machine: Machine }
      const text = overloadReport(result, machine, process.stdout)
      expect(stripVTControlCharacters(text).trim()).toMatch(
        /^PASS {2}[\d,]+ people pressed over 200 connections; all 9 promises held/,
      )
      expect(text).toMatch(/goodput \/ peak +\d+\.\d\d/)
      expect(text).toMatch(/memory of the API +\d+ MiB {2}highest resident memory, with \d+ connections/)
      expect(code).toBe(0)
      expect(result.overload.refused?.count).toBeGreaterThan(0)
      expect(result.api.connections).toBeGreaterThanOrEqual(200)
      expect(result.peak.people).toBe(200)
    } finally {
      await api.stop()
    }
  })

  test('more connections than this process may open are refused, with what to do', async () => {
    const { code, stderr } = await runCommand('load/main.ts', ['overload', '--connections', '60000'], {
      API_URL: apiUrl,
      // Wherever this runs with more files, there is no API here.
      API_METRICS_PORT: '9',
      ADMIN_TOKEN: 'the token of nobody',
    })
    expect(code).not.toBe(0)
    expect(stderr).toMatch(
      /60000 connections take 60200: run ulimit -n 60200 |created no campaign: it answered 401/,
    )
  })
})
