import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** A file that pages load, ready to be sent. */
export type Asset = { mediaType: string; etag: string; plain: Buffer; compressed: Buffer }

const mediaTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Reads every file of the pages once, by its name. */
export const loadAssets = (): ReadonlyMap<string, Asset> => {
  const folder = join(import.meta.dirname, 'assets')
  return new Map(
    readdirSync(folder).map((name) => {
      const plain = readFileSync(join(folder, name))
      const mediaType = mediaTypes[extname(name)] ?? 'application/octet-stream'
      const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 16)}"`
      return [name, { mediaType, etag, plain, compressed: gzipSync(plain, { level: 9 }) }]
    }),
  )
}
