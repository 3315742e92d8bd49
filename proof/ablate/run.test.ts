import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCopy } from './copy.ts'
import { takeOut } from './run.ts'
import type { Edit, Safeguard } from './safeguard.ts'
import type { TestKind } from './tests.ts'
import type { Report } from './verdict.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firstcome-ablate-test-'))
  await mkdir(join(folder, 'root', 'node_modules'), { recursive: true })
  await writeFile(join(folder, 'root', 'code.ts'), 'guard()\nwork()\n')
})
afterEach(() => rm(folder, { recursive: true }))

const guarding = (name: string, edit: Partial<Edit> = {}): Safeguard => ({
  ...{ name, section: '1. Decide', protectsFrom: 'Harm.' },
  edits: [{ file: 'code.ts', find: 'guard()\n', replace: '', ...edit }],
  caughtBy: { file: 'code.test.ts', test: 'it is guarded', project: 'unit' },
})

/** Tests that look at the copy: what they find there, and whether they pass. */
const runWith = async (safeguards: readonly Safeguard[], passes: (code: string, run: number) => boolean) => {
  const copy = await createCopy(join(folder, 'root'), join(folder, 'copy'))
  const seen: string[] = []
  const checked: string[] = []
  const run = async (): Promise<Report> => {
    const code = await readFile(join(copy.folder, 'code.ts'), 'utf8')
    seen.push(code)
    const status = passes(code, seen.length) ? 'passed' : 'failed'
    const result = { title: 'it is guarded', status, failureMessages: [`AssertionError: ${status}`] }
    return { testResults: [{ name: 'code.test.ts', assertionResults: [result] }] }
  }
  const tries = takeOut(safeguards, {
    ...{ copy, tests: { run, kindOf: (): TestKind => 'unit' } },
    ...{ tried: () => {}, say: () => {}, monotonicMs: () => 0 },
    check: async (files) => void checked.push(...files.values()),
  })
  return { seen, checked, verdicts: (await tries).map(({ verdict }) => verdict.kind) }
}
const whole = 'guard()\nwork()\n'

test('each safeguard is taken out alone, in a copy, between two runs of the whole; the checkout stays as it is', async () => {
  const safeguards = [guarding('guard'), guarding('work', { find: 'work()\n' })]
  const { seen, checked, verdicts } = await runWith(safeguards, (code) => code.includes('guard()'))
  expect(seen).toEqual([whole, 'work()\n', 'guard()\n', whole])
  expect(checked).toEqual(['work()\n', 'guard()\n'])
  expect(verdicts).toEqual(['caught', 'unnoticed'])
  expect(await readFile(join(folder, 'root', 'code.ts'), 'utf8')).toBe(whole)
})

test.each([
  ['is nowhere', { find: 'gone()' }],
  ['is there twice', { find: '()\n' }],
  ['changes nothing', { replace: 'guard()\n' }],
])('an edit whose text %s is not tried, and the next one is', async (_, edit) => {
  const safeguards = [guarding('wrong', edit), guarding('right')]
  const { seen, verdicts } = await runWith(safeguards, (code) => code.includes('guard()'))
  expect(seen).toEqual([whole, 'work()\n', whole])
  expect(verdicts).toEqual(['untried', 'caught'])
})

test.each([
  ['before anything is taken out', 1],
  ['after all is back in its place', 3],
])('a test that fails %s is a fault of the whole run', async (_, failing) => {
  const run = runWith([guarding('guard')], (code, at) => code.includes('guard()') && at !== failing)
  await expect(run).rejects.toThrow('with nothing taken out these do not pass:')
})
