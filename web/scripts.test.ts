import { join } from 'node:path'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

/** The scripts of the pages: the file that the API serves, and its source. */
const scripts = [
  ['firstcome.js', 'button.ts'],
  ['sign-in.js', 'sign-in.ts'],
  ['coupons.js', 'my-coupons.ts'],
  ['console.js', 'console.ts'],
] as const

/** One module without comments, for browsers of 2024 and newer. */
const bundled = async (source: string): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'browser', source)],
    ...{ bundle: true, minify: true, write: false, charset: 'utf8', legalComments: 'none' },
    ...{ format: 'esm', target: ['chrome123', 'firefox121', 'safari17.5'] },
  })
  return outputFiles[0]?.text ?? ''
}

test.each(scripts)('web/assets/%s is that of its source: npm run pages writes it', async (file, source) => {
  await expect(await bundled(source)).toMatchFileSnapshot(`assets/${file}`)
})
