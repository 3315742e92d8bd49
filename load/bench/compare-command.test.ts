import { globSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runInProcess } from '../../test/harness/processes/run-in-process.ts'
import { benchRunOf, brokenBurst, soundBurst } from '../../test/harness/values/bench-runs.ts'
import { compareCommand } from './compare-command.ts'

const benchmarks = join(import.meta.dirname, '..', '..', 'docs', 'benchmarks')
/** The newest report that is committed: folders sort by date. */
const committed = globSync('*/run.json', { cwd: benchmarks })
  .map((file) => join(benchmarks, dirname(file)))
  .sort()
  .at(-1) as string
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firstcome-compare-'))
  await writeFile(
    join(folder, 'run.json'),
    JSON.stringify(benchRunOf([brokenBurst(soundBurst(99_999)), soundBurst(12_000)])),
  )
  await writeFile(join(folder, 'other.json'), '{"schema":1}')
  await writeFile(join(folder, 'newer.json'), JSON.stringify({ ...benchRunOf([soundBurst(1)]), schema: 2 }))
})

afterAll(() => rm(folder, { recursive: true }))

test('the report that is committed can be compared, by its folder and by its file', async () => {
  const { code, stdout } = await runInProcess(compareCommand, [committed, join(committed, 'run.json')])
  expect(stdout).toMatch(/coupons persisted +([\d,]+) \/s +\1 \/s +~\+0 %/)
  expect(code).toBe(0)
})

test('with a run that is INVALID the exit code is 1, also as JSON', async () => {
  const { code, stdout } = await runInProcess(compareCommand, [committed, folder, '--json'])
  expect(JSON.parse(stdout)).toMatchObject({
    verdicts: { a: 'pass', b: 'fail' },
    figures: expect.arrayContaining([expect.objectContaining({ figure: 'coupons persisted', b: null })]),
  })
  expect(code).toBe(1)
})

test('with --watch it prints one line and exits with 0, whatever it says', async () => {
  const { code, stdout } = await runInProcess(compareCommand, [committed, folder, '--watch'])
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^not compared: .*\n$/)])
})

test('what is no report is named, and is wrong use', async () => {
  for (const path of [join(folder, 'other.json'), join(folder, 'newer.json'), join(folder, 'missing')]) {
    const { code, stderr } = await runInProcess(compareCommand, [committed, path])
    expect([code, stderr]).toEqual([2, expect.stringContaining(`${path} is no report of npm run bench: `)])
  }
})
