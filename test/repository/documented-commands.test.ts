import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { filesOf, repositoryRoot } from '../harness/repository-files.ts'

const read = (file: string): string => readFileSync(join(repositoryRoot, file), 'utf8')
const { scripts }: { scripts: Record<string, string> } = JSON.parse(read('package.json'))
const files = filesOf(repositoryRoot)
const documents = files.filter((file) => file.endsWith('.md') || file.startsWith('.github/'))

const allOf = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, found = '']) => found)

/** Words of `npx vitest run` that select tests. */
const selectionsIn = (text: string): { words: string; isUnit: boolean }[] =>
  allOf(text, /\bnpx vitest run ([^`\n]+)/g).flatMap((rest) => {
    const [, project = '', words = ''] = /^(?:--project (\w+) ?)?(.*?)(?: {2,}#.*)?$/.exec(rest) ?? []
    return words
      .split(' ')
      .filter((word) => word !== '' && word === word.toLowerCase())
      .map((selection) => ({ words: selection, isUnit: project === 'unit' }))
  })

test.each(documents)('every script that %s names is in package.json', (document) => {
  const named = allOf(read(document), /\bnpm run (?:--silent |-s )?([a-z][\w:-]*)/g)
  expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([])
})

test.each(documents)('every test selection of %s selects a test', (document) => {
  const tests = files.filter((file) => file.endsWith('.test.ts'))
  const empty = selectionsIn(read(document)).filter(
    ({ words, isUnit }) =>
      !tests.some((file) => file.includes(words) && !(isUnit && file.endsWith('.servers.test.ts'))),
  )
  expect(empty).toEqual([])
})

test('selections are found behind a project and before a remark', () => {
  expect(selectionsIn('npx vitest run --project unit coupon/log api   # codec')).toEqual([
    { words: 'coupon/log', isUnit: true },
    { words: 'api', isUnit: true },
  ])
})
