import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startScriptedApi } from '../test/harness/processes/scripted-api.ts'

const run = promisify(execFile)
const bytesMax = 5 * 1_024
const compiler = join(import.meta.dirname, '..', 'node_modules', '.bin', 'tsc')

/** A folder of somebody who has installed the package, and nothing else of this repository. */
let outside: string
let installed: string
beforeAll(async () => {
  outside = await mkdtemp(join(tmpdir(), 'firstcome-client-'))
  installed = join(outside, 'node_modules', '@firstcome', 'client')
  await mkdir(installed, { recursive: true })
  const packed = await run('npm', ['pack', '--json', '--pack-destination', outside], {
    cwd: import.meta.dirname,
    timeout: 60_000,
  })
  // npm prints what the build says before the document.
  const [{ filename }]: [{ filename: string }] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf('[')))
  await run('tar', ['-xzf', join(outside, filename), '-C', installed, '--strip-components=1'])
  await writeFile(join(outside, 'package.json'), '{ "type": "module" }')
}, 90_000)
afterAll(() => rm(outside, { recursive: true }))

test('a bundle of the client of shoppers has at most 5 KB after gzip, and nothing of Node', async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(installed, 'dist', 'shopper-client.js')],
    ...{ bundle: true, minify: true, write: false, format: 'esm', platform: 'browser', metafile: true },
  })
  const [file] = outputFiles
  expect(Object.keys(metafile.inputs).some((input) => input.includes('operator'))).toBe(false)
  expect(gzipSync(file?.contents ?? '').length).toBeLessThanOrEqual(bytesMax)
})

test('a program outside of the repository installs it, has its types, and wins', async () => {
  const program = `
    import { createClient, type IssueResult } from '@firstcome/client'
    import { createOperatorClient } from '@firstcome/client/operator'
    declare const process: { argv: string[] }
    const url = process.argv[2] ?? ''
    const result: IssueResult = await createClient({ url, token: 'token of ann' }).issue('campaign')
    // @ts-expect-error a coupon is there only after a yes
    const rank: number = result.coupon.rank
    if (result.kind === 'granted') console.log(result.kind, result.coupon.rank, typeof rank, typeof createOperatorClient)
  `
  await writeFile(join(outside, 'program.ts'), program)
  const options = { cwd: outside, timeout: 60_000 }
  const types = [
    '--strict',
    '--target',
    'es2022',
    '--module',
    'nodenext',
    '--lib',
    'es2022,dom',
    '--types',
    '',
  ]
  await run(compiler, [...types, 'program.ts'], options)
  const api = await startScriptedApi(() => ({ status: 201, body: { id: 'coupon', rank: 3, slot: 1 } }))
  // In a shell of a user this is any Node from 20 on.
  const { stdout } = await run('node', ['program.js', api.url], options)
  await api.close()
  expect(stdout).toBe('granted 3 number function\n')
})

test('the package has the version of the product, no dependencies, and no source', async () => {
  const read = async (file: string) => JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>
  const own = await read(join(installed, 'package.json'))
  const product = await read(join(import.meta.dirname, '..', 'package.json'))
  expect(own['version']).toBe(product['version'])
  expect(Object.keys(own).filter((name) => /dependencies/i.test(name))).toEqual([])
})
