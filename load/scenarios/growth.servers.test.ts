import { stripVTControlCharacters } from 'node:util'
import { expect, inject, test } from 'vitest'
import { runCommand } from '../../test/harness/processes/run-command.ts'
import type { Machine } from '../measure/machine.ts'
import { growthReport } from '../report/growth.ts'
import type { GrowthResult } from './growth.ts'

test('npm run load -- growth lets a campaign grow, and says what a press costs at each size', async () => {
  const [apiUrl] = inject('apiUrls')
  const words = ['growth', '--winners', '1000', '--sample', '200', '--connections', '16', '--json']
  const { code, stdout, stderr } = await runCommand(
    'load/main.ts',
    [...words, '--metrics', inject('metricsUrls').api],
    { API_URL: apiUrl },
  )
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('expected')])
  const { machine, ...result } = JSON.parse(stdout) as GrowthResult & { machine: Machine }
  expect(result.sizes.map(({ winners }) => winners)).toEqual([400, 1_000])
  for (const { apiMicroseconds, redisMicroseconds } of result.sizes)
    expect([apiMicroseconds > 0, redisMicroseconds >= 0]).toEqual([true, true])
  const text = stripVTControlCharacters(growthReport(result, machine, process.stdout))
  expect(text).toMatch(/PASS {2}a campaign grew to 1,000 winners; all \d+ promises held/)
  expect(text).toMatch(/1,000 winners +\d+\.\d +\d+\.\d +-?[\d,]+\n/)
})
