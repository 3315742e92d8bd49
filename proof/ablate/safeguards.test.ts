import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { documentOf } from './document.ts'
import { applyEdit } from './edits.ts'
import { needlessRules, safeguards } from './safeguards/all.ts'
import { titlesLike } from './titles.ts'

const root = join(import.meta.dirname, '..', '..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

test.each(safeguards.map((safeguard) => [safeguard.name, safeguard] as const))(
  'the edits that take out %s fit the code as it is, and change it',
  (_, { edits }) => {
    const texts = new Map<string, string>()
    for (const edit of edits) texts.set(edit.file, applyEdit(texts.get(edit.file) ?? read(edit.file), edit))
    expect(texts.size).toBeGreaterThan(0)
    for (const [file, text] of texts) expect(text).not.toBe(read(file))
  },
)

test.each(safeguards.map((safeguard) => [safeguard.name, safeguard] as const))(
  'the test that notices when %s is gone is there, once',
  (_, { caughtBy: { file, test: title, project } }) => {
    expect(existsSync(join(root, file))).toBe(true)
    expect(titlesLike(read(file), title)).toBe(1)
    expect(file.endsWith('.servers.test.ts') ? 'servers' : 'unit').toBe(project)
  },
)

test('every safeguard has a name of its own, and says in a sentence what it protects from', () => {
  const names = [...safeguards, ...needlessRules].map(({ name }) => name)
  expect(names).toEqual([...new Set(names)])
  for (const { protectsFrom } of safeguards) expect(protectsFrom).toMatch(/^[A-Z"].{20,200}\.$/)
})

test('docs/safeguards.md is what npm run ablate -- --write makes of the list', () => {
  expect(read('docs/safeguards.md')).toBe(documentOf(safeguards, needlessRules))
})
