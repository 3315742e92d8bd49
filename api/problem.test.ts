import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { problemKinds } from './problem.ts'

test('docs/api.md lists every problem with its status and title, and links it to its text', () => {
  const document = readFileSync(new URL('../docs/api.md', import.meta.url), 'utf8')
  const rows = document.matchAll(/^\| (\d{3}) \| \[`([\w-]+)`\]\(problems\.md#\2\).* \| ([^|]+) \|$/gm)
  const listed = [...rows].map(([, status, code = '', title]) => [code, { status: Number(status), title }])
  expect(Object.fromEntries(listed)).toEqual(
    Object.fromEntries(
      Object.entries(problemKinds).map(([code, { status, title }]) => [code, { status, title }]),
    ),
  )
})
