import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { remove, replaceWith } from './changes.ts'
import { createCheckoutCopy } from './checkout-copy.ts'
import { runAblations } from './run-ablations.ts'
import type { Change, Safeguard } from './safeguard.ts'
import type { TestReport } from './test-report.ts'
import type { TestKind } from './test-runner.ts'

const whole = '// safeguard: guard\nguard()\n// safeguard: work\nwork()\n'
const withoutGuard = '// safeguard: guard\n// safeguard: work\nwork()\n'
const withoutWork = '// safeguard: guard\nguard()\n// safeguard: work\n'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firstcome-ablate-test-'))
  await mkdir(join(folder, 'root', 'node_modules'), { recursive: true })
  await writeFile(join(folder, 'root', 'code.ts'), whole)
})
afterEach(() => rm(folder, { recursive: true }))

const safeguardNamed = (name: string, change: Change = remove): Safeguard => ({
  name,
  section: '1. Decide',
  protectsFrom: 'Harm.',
  edits: [{ change }],
  caughtBy: { file: 'code.test.ts', test: 'it is guarded', project: 'unit' },
})

/** Runs ablations with tests that only read the copy; returns the code that each run saw. */
const runWith = async (safeguards: readonly Safeguard[], passes: (code: string, run: number) => boolean) => {
  const copy = await createCheckoutCopy(join(folder, 'root'), join(folder, 'copy'))
  const seen: string[] = []
  const checked: string[] = []
  const run = async (): Promise<TestReport> => {
    const code = await readFile(join(copy.folder, 'code.ts'), 'utf8')
    seen.push(code)
    const status = passes(code, seen.length) ? 'passed' : 'failed'
    const result = { title: 'it is guarded', status, failureMessages: [`AssertionError: ${status}`] }
    return { testResults: [{ name: 'code.test.ts', assertionResults: [result] }] }
  }
  const ablations = await runAblations(safeguards, {
    copy,
    runner: { run, kindOf: (): TestKind => 'unit' },
    check: async (files) => void checked.push(...files.values()),
    onAblation: () => {},
    onStep: () => {},
    monotonicMs: () => 0,
  })
  return { seen, checked, results: ablations.map(({ result }) => result.kind) }
}
const isGuarded = (code: string): boolean => code.includes('guard()')

describe('ablations', () => {
  test('take out each safeguard alone, in a copy, between two runs of the whole', async () => {
    const safeguards = [safeguardNamed('guard'), safeguardNamed('work')]
    const { seen, checked, results } = await runWith(safeguards, isGuarded)
    expect(seen).toEqual([whole, withoutGuard, withoutWork, whole])
    expect(checked).toEqual([withoutGuard, withoutWork])
    expect(results).toEqual(['noticed', 'unnoticed'])
    expect(await readFile(join(folder, 'root', 'code.ts'), 'utf8')).toBe(whole)
  })

  test.each([
    ['without a marker', safeguardNamed('gone')],
    ['that changes nothing', safeguardNamed('guard', replaceWith('guard()'))],
  ])('do not try an edit %s, and go on with the next', async (_, wrong) => {
    const { seen, results } = await runWith([wrong, safeguardNamed('guard')], isGuarded)
    expect(seen).toEqual([whole, withoutGuard, whole])
    expect(results).toEqual(['untried', 'noticed'])
  })

  test.each([
    ['before the first safeguard', 1],
    ['after the last', 3],
  ])('fail when a test fails with all safeguards in place, %s', async (_, failingRun) => {
    const run = runWith([safeguardNamed('guard')], (code, at) => isGuarded(code) && at !== failingRun)
    await expect(run).rejects.toThrow('with all safeguards in place these tests fail:')
  })
})
