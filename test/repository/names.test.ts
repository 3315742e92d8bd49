import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { filesOf, repositoryRoot } from '../harness/repository-files.ts'

/** File names that may occur more than once, and why the same name means the same thing each time. */
const sharedFileNames: Record<string, string> = {
  'main.ts': 'the entry of a program',
  'settings.ts': 'what a program reads from the environment',
  'command.ts': 'what a program accepts and does; in platform/, how one is declared',
  'report.ts': 'what a program prints',
  'vitest.config.ts': 'the name that vitest looks for',
  'README.md': 'the index of its folder',
}

/** Folders whose files are named after what they are about: a file elsewhere may have the same name. */
const foldersOfAspects: Record<string, string> = {
  'api/routes/': 'the routes of a resource',
  'coupon/metrics/': 'the metrics of a part of the product',
  'coupon/requirements/': 'the requirements of a server',
  'load/arguments/': 'the arguments of a scenario',
  'load/report/': 'the report of a scenario',
  'proof/ablate/safeguards/': 'the safeguards of a step',
  'proof/faults/kinds/': 'the faults of a part',
}

/** Exported types, functions and values that may share a name, and why. */
const sharedExports: Record<string, string> = {}

type Named = { name: string; file: string }

/** Names that two or more files have, each with its files. */
const namesakes = (named: readonly Named[]): Map<string, string[]> => {
  const files = Map.groupBy(named, ({ name }) => name)
  const shared = [...files].filter(([, those]) => those.length > 1)
  return new Map(shared.map(([name, those]) => [name, those.map(({ file }) => file)]))
}

const exportPattern =
  /^export (?:declare |abstract |async )*(?:type|interface|class|enum|const|let|function\*?) (\w+)/gm

const exportsIn = (source: string): string[] =>
  [...source.matchAll(exportPattern)].map(([, name = '']) => name)

const files = filesOf(repositoryRoot)
const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
const exportNamesakes = namesakes(
  sources.flatMap((file) =>
    exportsIn(readFileSync(join(repositoryRoot, file), 'utf8')).map((name) => ({ name, file })),
  ),
)
const fileNamesakes = namesakes(
  files
    .filter((file) => /\.(?:ts|lua|md)$/.test(file) && !file.endsWith('.test.ts'))
    .filter((file) => !Object.keys(foldersOfAspects).some((folder) => file.startsWith(folder)))
    .map((file) => ({ name: basename(file), file })),
)

const unexplained = (shared: Map<string, string[]>, reasons: Record<string, string>): string[] =>
  [...shared]
    .filter(([name]) => !Object.hasOwn(reasons, name))
    .map(([name, those]) => `${name}: ${those.join(', ')}`)

test('no two exports share a name, unless it means the same in both', () => {
  expect(unexplained(exportNamesakes, sharedExports)).toEqual([])
})

test('no two files share a name, unless it means the same in both', () => {
  expect(unexplained(fileNamesakes, sharedFileNames)).toEqual([])
})

test('every explanation is still needed', () => {
  const names = Object.keys(sharedFileNames).filter((name) => !fileNamesakes.has(name))
  const exported = Object.keys(sharedExports).filter((name) => !exportNamesakes.has(name))
  const folders = Object.keys(foldersOfAspects).filter(
    (folder) => !files.some((file) => file.startsWith(folder)),
  )
  expect([...names, ...exported, ...folders]).toEqual([])
})

test('names are found however they are exported', () => {
  const source =
    'export type A = 1\nexport interface B {}\nexport class C {}\nexport abstract class D {}\ntype E = 1\nexport const F = 1\nexport async function G() {}'
  expect(exportsIn(source)).toEqual(['A', 'B', 'C', 'D', 'F', 'G'])
})
