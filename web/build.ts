import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'

const folder = import.meta.dirname

/** The scripts of the pages: the source of each, and the file that the API serves. */
const scripts = {
  'firstcome.js': 'browser/button.ts',
  'sign-in.js': 'browser/sign-in.ts',
  'coupons.js': 'browser/coupons.ts',
} as const

/** A script as browsers get it: one module without comments, for browsers of 2024 and newer. */
const bundled = async (source: string): Promise<string> => {
  const { outputFiles } = await build({
    ...{ entryPoints: [join(folder, source)], bundle: true, minify: true, write: false },
    ...{
      format: 'esm',
      target: ['chrome123', 'firefox121', 'safari17.5'],
      charset: 'utf8',
      legalComments: 'none',
    },
  })
  return outputFiles[0]?.text ?? ''
}

/** The names of the built files whose text is not that of their sources. With `isWriting` they are written. */
export const buildScripts = async ({ isWriting }: { isWriting: boolean }): Promise<string[]> => {
  const stale: string[] = []
  for (const [name, source] of Object.entries(scripts)) {
    const file = join(folder, 'assets', name)
    const [text, written] = [await bundled(source), await readFile(file, 'utf8').catch(() => '')]
    if (text === written) continue
    stale.push(name)
    if (isWriting) await writeFile(file, text)
  }
  return stale
}
