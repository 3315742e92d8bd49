import * as fc from 'fast-check'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { idPattern } from '../../coupon/grant.ts'
import { ids, spoiledText } from '../../test/harness/values/arbitraries.ts'
import type { Bindings } from '../route.ts'
import { encodeCursor, readPage } from './page.ts'

const app = new Hono<{ Bindings: Bindings }>()
app.get('/', (context) => Response.json(readPage(context)))
/** The page that is read from this query. */
const read = async (query: Record<string, string>): Promise<unknown> =>
  (await app.request(`/?${new URLSearchParams(query).toString()}`)).json()

test('every cursor gives its id back, with every limit', async () => {
  await fc.assert(
    fc.asyncProperty(ids, fc.integer({ min: 1, max: 100 }), async (id, limit) => {
      const cursor = encodeCursor(id)
      expect(cursor).toMatch(/^[\w-]+$/)
      expect(await read({ cursor, limit: String(limit) })).toEqual({ limit, beforeId: id })
    }),
  )
})

test('any cursor and limit give a page of a valid id and 1 to 100, or errors for these fields', async () => {
  const cursors = fc.oneof(spoiledText(ids.map(encodeCursor)), fc.string())
  const limits = fc.oneof(fc.integer({ min: -1, max: 200 }).map(String), fc.string())
  await fc.assert(
    fc.asyncProperty(cursors, limits, async (cursor, limit) => {
      const page = await read({ cursor, limit })
      if (Array.isArray(page)) {
        expect(page.length).toBeGreaterThan(0)
        for (const { pointer } of page) expect(['/cursor', '/limit']).toContain(pointer)
      } else {
        expect(page).toEqual({ limit: Number(limit), beforeId: expect.stringMatching(idPattern) })
        expect(page).toMatchObject({ limit: expect.toSatisfy((given) => given >= 1 && given <= 100) })
      }
    }),
    { numRuns: 300 },
  )
})
