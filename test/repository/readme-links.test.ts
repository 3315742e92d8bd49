import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')

type Link = { words: string; file: string; heading: string | undefined }

const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const withoutCode = (markdown: string): string => markdown.replace(/^```[\s\S]*?^```/gm, '')
const inOneLine = (text: string): string => text.replace(/\s+/g, ' ')

/** The links of a text of this file that lead into the repository, by paths from its root. */
const linksOf = (from: string, markdown: string): Link[] =>
  [...withoutCode(markdown).matchAll(/\[([^\]]+)\]\(([^)\s]+)\)/g)]
    .filter(([, , target = '']) => !/^[a-z]+:/.test(target))
    .map(([, words = '', target = '']) => {
      const [path = '', heading] = target.split('#')
      return { words: inOneLine(words), file: path === '' ? from : join(dirname(from), path), heading }
    })

/** The names by which headings are linked to, as GitHub makes them. */
const headingsOf = (markdown: string): string[] =>
  [...withoutCode(markdown).matchAll(/^#+ (.*)$/gm)].map(([, words = '']) =>
    words
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )

const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: root })

test.each(documents)('every link of %s leads to a file that is there, and to a heading of it', (document) => {
  const astray = linksOf(document, read(document)).filter(({ file, heading }) => {
    if (!existsSync(join(root, file))) return true
    return heading !== undefined && !headingsOf(read(file)).includes(heading)
  })
  expect(astray).toEqual([])
})

test('each promise of docs/promises.md links to tests that hold it, by words that stand in their titles', () => {
  const promises = read('docs/promises.md')
    .split(/^(?=## \d)/m)
    .filter((part) => /^## \d/.test(part))
  expect(promises).toHaveLength(8)
  const tests = promises.map((promise) =>
    linksOf('docs/promises.md', promise).filter(({ file }) => file.endsWith('.test.ts')),
  )
  expect(promises.filter((_, at) => tests[at]?.length === 0)).toEqual([])
  const astray = tests.flat().filter(({ words, file }) => !inOneLine(read(file)).includes(words))
  expect(astray).toEqual([])
})
