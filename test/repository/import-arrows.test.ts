import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')

/** What each part may import beside itself. A part without a line may import only packages. */
const arrows: Record<string, readonly string[]> = {
  api: ['coupon', 'platform', 'web'],
  worker: ['coupon', 'platform'],
  load: ['client', 'coupon', 'platform'],
  commands: ['coupon', 'platform'],
  proof: ['client', 'coupon', 'load', 'platform', 'servers'],
  migrations: ['coupon', 'platform'],
  servers: ['client', 'platform'],
  coupon: ['platform'],
  web: ['client'],
  client: [],
  platform: [],
}
const parts = Object.keys(arrows)

/** The folders of the repository that hold code: tsconfig.json is where the list is written. */
const { include: folders }: { include: string[] } = JSON.parse(
  readFileSync(join(root, 'tsconfig.json'), 'utf8'),
)

/** The one file that loads a client. Its types stay within platform/. */
const homes: Record<string, string> = {
  ioredis: 'platform/redis.ts',
  kafkajs: 'platform/kafka/kafkajs.ts',
  mysql2: 'platform/mysql/database.ts',
  'prom-client': 'platform/metrics/metrics.ts',
}

/** `loads` are those of `imports` that are more than types. */
type Source = { file: string; part: string; text: string; imports: string[]; loads: string[] }

/** Static, dynamic and type imports, re-exports, and `require`. */
const importPattern = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)(['"])([^'"\s]+)\1/g
const typeImportPattern = /\b(?:import|export)\s+type\s[^'"]*?\bfrom\s*(['"])[^'"\n]+\1/g

const importsIn = (text: string): string[] =>
  [...text.matchAll(importPattern)].map(([, , name]) => name ?? '')

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')

const sources: Source[] = globSync(
  parts.map((part) => `${part}/**/*.ts`),
  { cwd: root },
)
  .filter((file) => !file.endsWith('.test.ts'))
  .map((file) => {
    const text = withoutComments(readFileSync(join(root, file), 'utf8'))
    const loads = importsIn(text.replace(typeImportPattern, ''))
    return { file, part: file.split('/')[0] ?? '', text, imports: importsIn(text), loads }
  })

const partOf = (file: string, name: string): string =>
  normalize(join(dirname(file), name)).split('/')[0] ?? ''
const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')

const packagesIn = (imports: readonly string[]): string[] =>
  imports.filter((name) => !name.startsWith('.') && !name.startsWith('node:')).map(packageOf)

test('every folder of tsconfig.json has its arrows, and CONTRIBUTING.md lists each', () => {
  const code = folders.filter((folder) => !folder.includes('*') && folder !== 'test')
  expect([...code].sort()).toEqual([...parts].sort())
  const contributing = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')
  expect(
    folders.filter((folder) => !folder.includes('*') && !contributing.includes(`\n${folder}/ `)),
  ).toEqual([])
})

/** The files that each file imports, those of types too. */
const graph = new Map(
  sources.map(({ file, imports }) => [
    file,
    imports.filter((name) => name.startsWith('.')).map((name) => normalize(join(dirname(file), name))),
  ]),
)

/** A circle of imports that is reached from `file`, or undefined. */
const circleFrom = (
  file: string,
  path: readonly string[],
  done: Set<string>,
): readonly string[] | undefined => {
  const at = path.indexOf(file)
  if (at >= 0) return [...path.slice(at), file]
  if (done.has(file)) return undefined
  for (const next of graph.get(file) ?? []) {
    const circle = circleFrom(next, [...path, file], done)
    if (circle !== undefined) return circle
  }
  done.add(file)
  return undefined
}

/**
 * The folder of coupon/ or platform/ that a file lies in; that of the files at their root is the part itself.
 */
const roomOf = (file: string): string => dirname(file).split('/').slice(0, 2).join('/')

test.each(['coupon', 'platform'])('the rooms of %s import in one direction', (part) => {
  const rooms = new Map<string, Set<string>>()
  for (const [file, imports] of graph) {
    if (!file.startsWith(`${part}/`)) continue
    const room = roomOf(file)
    const others = imports.filter((name) => name.startsWith(`${part}/`)).map(roomOf)
    rooms.set(room, new Set([...(rooms.get(room) ?? []), ...others.filter((other) => other !== room)]))
  }
  // Taken away one after the other, from those that import no other room: what is left runs in a circle.
  for (let before = -1; before !== rooms.size; ) {
    before = rooms.size
    for (const [room, others] of rooms)
      if ([...others].every((other) => !rooms.has(other))) rooms.delete(room)
  }
  expect([...rooms.keys()]).toEqual([])
})

test('no imports run in a circle, type imports included', () => {
  const done = new Set<string>()
  expect([...graph.keys()].map((file) => circleFrom(file, [], done)).filter(Boolean)).toEqual([])
})

test('there is something to look at in every part', () => {
  const seen = new Set(sources.filter(({ imports }) => imports.length > 0).map(({ part }) => part))
  expect([...seen].sort()).toEqual([...parts].sort())
})

test.each(parts)('%s imports only itself and the parts below it', (part) => {
  const allowed = new Set([part, ...(arrows[part] ?? [])])
  const astray = sources
    .filter((source) => source.part === part)
    .flatMap(({ file, imports }) =>
      imports
        .filter((name) => name.startsWith('.') && !allowed.has(partOf(file, name)))
        .map((name) => `${file} imports ${name}`),
    )
  expect(astray).toEqual([])
})

test.each(Object.entries(homes))('%s is loaded by %s alone, and known to platform/ alone', (name, home) => {
  const loaders = sources.filter(({ loads }) => packagesIn(loads).includes(name)).map(({ file }) => file)
  expect(loaders).toEqual([home])
  const knowers = sources.filter(({ imports }) => packagesIn(imports).includes(name)).map(({ part }) => part)
  expect([...new Set(knowers)]).toEqual(['platform'])
})

test('what runs in production imports no development dependency', () => {
  const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  )
  const astray = sources
    .filter(({ part }) => !['load', 'proof'].includes(part))
    .flatMap((source) =>
      packagesIn(source.imports)
        .filter((name) => !Object.hasOwn(dependencies, name))
        .map((name) => `${source.file} imports ${name}`),
    )
  expect(astray).toEqual([])
})

test('only a main.ts reads the environment; servers/ passes it on to what it starts', () => {
  const readers = sources
    .filter(({ text }) => /\bprocess\.env\b|\bimport\.meta\.env\b/.test(text))
    .map(({ file }) => file)
    .filter((file) => !file.endsWith('/main.ts') && !file.startsWith('servers/'))
  expect(readers).toEqual([])
})

test('the image has every room that its programs load', () => {
  const image = readFileSync(join(root, 'Dockerfile'), 'utf8')
  const rooms = [...image.matchAll(/^COPY (\w+) \w+$/gm)].map(([, room = '']) => room)
  const loaded = new Set<string>()
  const load = (file: string): void => {
    const source = sources.find((one) => one.file === file)
    if (source === undefined || loaded.has(file)) return
    loaded.add(file)
    for (const name of source.loads.filter((one) => one.startsWith('.')))
      load(normalize(join(dirname(file), name)))
  }
  for (const { file } of sources)
    if (/^(?:api|worker|migrations|commands\/\w+)\/main\.ts$/.test(file)) load(file)
  expect(loaded.size).toBeGreaterThan(100)
  expect(new Set([...loaded].map((file) => file.split('/')[0]))).toEqual(new Set(rooms))
})
