import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { markersIn } from './marked-block.ts'
import { needlessRules } from './needless-rules.ts'
import { markerOf } from './safeguard.ts'
import { allSafeguards } from './safeguards/all-safeguards.ts'
import { safeguardsDocument } from './safeguards-document.ts'
import { readMarkedSources, takeOut } from './take-out.ts'
import { needsProcesses } from './test-runner.ts'
import { countTitles } from './test-titles.ts'

const root = join(import.meta.dirname, '..', '..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const sources = readMarkedSources(root)
const byName = allSafeguards.map((safeguard) => [safeguard.name, safeguard] as const)

const namesIn = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].flatMap(([, name]) => name ?? [])

describe('markers and edits', () => {
  test.each(byName)('the edits of %s fit the sources and change them', (_, safeguard) => {
    const changed = takeOut(sources, safeguard)
    expect(changed.size).toBeGreaterThan(0)
    for (const [file, text] of changed) expect(text).not.toBe(sources.get(file))
  })

  test('each marker in the sources belongs to exactly one edit', () => {
    const inSources = [...sources.values()].flatMap(markersIn).sort()
    const inEdits = allSafeguards
      .flatMap(({ name, edits }) => edits.map((edit) => ('file' in edit ? [] : markerOf(name, edit.part))))
      .flat()
      .sort()
    expect(inSources).toEqual(inEdits)
  })

  test('a misspelt name finds no marker', () => {
    const [safeguard] = allSafeguards
    expect(() => takeOut(sources, { name: 'misspelt', edits: safeguard?.edits ?? [] })).toThrow(
      '0 files have the marker: misspelt',
    )
  })

  test('a name that two files have is refused', () => {
    const twice = new Map([
      ['a.ts', '// safeguard: it\nwork()\n'],
      ['b.ts', '// safeguard: it\nwork()\n'],
    ])
    expect(() => takeOut(twice, { name: 'it', edits: [{ change: () => '' }] })).toThrow(
      '2 files have the marker: it',
    )
  })
})

describe('the list', () => {
  test.each(byName)('names one existing test for %s', (_, { caughtBy: { file, test: title, project } }) => {
    expect(existsSync(join(root, file))).toBe(true)
    expect(countTitles(read(file), title)).toBe(1)
    expect(file.endsWith('.servers.test.ts') ? 'servers' : 'unit').toBe(project)
  })

  test('names tests that find what they ask for, also where no process of ours runs', () => {
    const provided = namesIn(read('test/harness/setup/servers-only.ts'), /provide\('(\w+)'/g)
    const files = new Set(allSafeguards.map(({ caughtBy: { file } }) => file))
    const withoutProcesses = [...files].filter((file) => !needsProcesses.test(read(file)))
    const lacking = withoutProcesses.flatMap((file) =>
      namesIn(read(file), /inject\('(\w+)'\)/g)
        .filter((name) => !provided.includes(name))
        .map((name) => `${file} needs ${name}`),
    )
    expect(provided).not.toEqual([])
    expect(lacking).toEqual([])
  })

  test('has unique names, and a sentence on what each safeguard protects from', () => {
    const names = [...allSafeguards, ...needlessRules].map(({ name }) => name)
    expect(names).toEqual([...new Set(names)])
    for (const { protectsFrom } of allSafeguards) expect(protectsFrom).toMatch(/^[A-Z"].{20,200}\.$/)
  })

  test('is what docs/safeguards.md shows', () => {
    expect(read('docs/safeguards.md')).toBe(safeguardsDocument(allSafeguards, needlessRules))
  })
})
