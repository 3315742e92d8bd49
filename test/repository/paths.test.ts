import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { filesOf, repositoryRoot } from '../harness/repository-files.ts'

test('no path is the pathname of a file URL, in which a blank is %20 and a Korean letter nine signs', () => {
  const sources = filesOf(repositoryRoot).filter((file) => file.endsWith('.ts'))
  const pattern = /import\.meta\.url\)\s*\.pathname/
  const wrong = sources.filter((file) => pattern.test(readFileSync(join(repositoryRoot, file), 'utf8')))
  expect([sources.length > 100, wrong]).toEqual([true, []])
})
