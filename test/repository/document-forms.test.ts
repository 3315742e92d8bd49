import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { filesOf, repositoryRoot } from '../harness/repository-files.ts'

const read = (file: string): string => readFileSync(join(repositoryRoot, file), 'utf8')
const files = filesOf(repositoryRoot)
const documents = files.filter((file) => file.startsWith('docs/') && file.endsWith('.md'))
const decisions = documents.filter((file) => /^docs\/decisions\/\d{3}-/.test(file))
const headingsOf = (file: string): string[] =>
  [...read(file).matchAll(/^## (.*)$/gm)].map(([, words = '']) => words)

test.each(['docs/README.md', 'docs/decisions/README.md'])(
  '%s has a line for every document of its folder',
  (index) => {
    const folder = dirname(index)
    const listed = documents
      .filter((file) => dirname(file) === folder && file !== index)
      .map((file) => basename(file))
    const missing = listed.filter(
      (name) => !new RegExp(`^- \\[[^\\]]+\\]\\(${name}\\): `, 'm').test(read(index)),
    )
    expect(missing).toEqual([])
  },
)

test('decisions are numbered from 001 without a gap', () => {
  const numbers = decisions.map((file) => Number(basename(file).slice(0, 3)))
  expect(numbers).toEqual(decisions.map((_, at) => at + 1))
})

test.each(decisions)('%s has the form of a decision', (decision) => {
  expect(read(decision)).toMatch(new RegExp(`^# ${basename(decision).slice(0, 3)}: .+\n`))
  expect(headingsOf(decision)).toEqual(['Context', 'Decision', 'Evidence', 'Consequences', 'Date'])
  expect(read(decision)).toMatch(/\n## Date\n\n\d{4}-\d{2}-\d{2}\n$/)
})

test('the changelog has Unreleased, then its releases with their dates, the newest first', () => {
  const [unreleased, ...releases] = headingsOf('CHANGELOG.md')
  expect(unreleased).toBe('[Unreleased]')
  const dates = releases.map(
    (release) => /^\[\d+\.\d+\.\d+\] - (\d{4}-\d{2}-\d{2})$/.exec(release)?.[1] ?? release,
  )
  expect(dates).toEqual(dates.toSorted().toReversed())
  const { version }: { version: string } = JSON.parse(read('package.json'))
  expect(releases[0]).toMatch(new RegExp(`^\\[${version.replaceAll('.', '\\.')}\\] - \\d`))
  const kinds = [...read('CHANGELOG.md').matchAll(/^### (.*)$/gm)].map(([, kind]) => kind)
  expect(
    kinds.filter((kind) => !/^(?:Added|Changed|Deprecated|Removed|Fixed|Security)$/.test(kind ?? '')),
  ).toEqual([])
})

/** The inline code of a document that is the path of a file. */
const pathsIn = (text: string): string[] =>
  [...text.matchAll(/`([\w.-]+(?:\/[\w.-]+)+\.(?:ts|lua|sql|xml|md|jsonl))`/g)].map(([, path = '']) => path)

test.each(['AGENTS.md', 'CONTRIBUTING.md', 'README.md', 'SECURITY.md', ...documents])(
  'every file that %s names exists',
  (document) => {
    expect(pathsIn(read(document)).filter((path) => !files.includes(path))).toEqual([])
  },
)
