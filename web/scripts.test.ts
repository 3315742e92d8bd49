import { join } from 'node:path'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

/** Shoppers come with the browser inside some app, on a phone that is some years old. */
const shoppers = ['chrome87', 'firefox90', 'safari14.1']
const operators = ['chrome123', 'firefox121', 'safari17.5']

/** The scripts of the pages: the file that the API serves, its source, and the oldest browsers. */
const scripts = [
  ['firstcome.js', 'button.ts', shoppers],
  ['sign-in.js', 'sign-in.ts', shoppers],
  ['coupons.js', 'my-coupons.ts', shoppers],
  ['console.js', 'console.ts', operators],
] as const

/** One module without comments. */
const bundled = async (source: string, target: string[]): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'browser', source)],
    ...{ bundle: true, minify: true, write: false, charset: 'utf8', legalComments: 'none' },
    ...{ format: 'esm', target },
  })
  return outputFiles[0]?.text ?? ''
}

test.each(scripts)(
  'web/assets/%s is that of its source: npm run pages writes it',
  async (file, source, target) => {
    await expect(await bundled(source, target)).toMatchFileSnapshot(`assets/${file}`)
  },
)
