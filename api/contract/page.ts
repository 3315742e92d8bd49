import { z } from 'zod'
import { idPattern } from '../../coupon/grant.ts'
import type { FieldError } from '../problem.ts'
import type { HttpContext } from '../route.ts'
import { readParameter } from './query-parameter.ts'

/** One page of a list, newest id first. */
export type Page = { limit: number; beforeId: string | undefined }

const limitDefault = 20
const limitMax = 100

/** The parameters of a list. */
export const pageQuery = {
  limit: z.int().min(1).max(limitMax).default(limitDefault).describe('How many items a page has.'),
  cursor: z
    .string()
    .max(64)
    .optional()
    .describe('The `nextCursor` of the previous page. Treat it as opaque.'),
}

/** The cursor of the page after `id`. Opaque to clients. */
export const encodeCursor = (id: string): string => Buffer.from(id).toString('base64url')

/** Reads `limit` of the query, or returns what is invalid. */
export const readLimit = (context: HttpContext): number | FieldError => {
  const text = readParameter(context, 'limit') ?? String(limitDefault)
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0
  return limit >= 1 && limit <= limitMax
    ? limit
    : { pointer: '/limit', message: `expected a whole number from 1 to ${limitMax}` }
}

/** Reads `limit` and `cursor` of the query, or returns what is invalid. */
export const readPage = (context: HttpContext): Page | FieldError[] => {
  const limit = readLimit(context)
  const cursor = readParameter(context, 'cursor')
  const beforeId = cursor === undefined ? undefined : Buffer.from(cursor, 'base64url').toString()
  const errors: FieldError[] = typeof limit === 'number' ? [] : [limit]
  if (beforeId !== undefined && !idPattern.test(beforeId))
    errors.push({ pointer: '/cursor', message: 'expected the nextCursor of an earlier page' })
  return typeof limit === 'number' && errors.length === 0 ? { limit, beforeId } : errors
}
