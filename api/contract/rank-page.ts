import type { FieldError } from '../problem.ts'
import type { HttpContext } from '../route.ts'
import { readLimit } from './page.ts'
import { readParameter } from './query-parameter.ts'

/** The cursor of the page that begins at a rank. Opaque to clients. */
export const encodeRankCursor = (rank: number): string => Buffer.from(`rank-${rank}`).toString('base64url')

/** Reads `limit` and `cursor` of a list by rank, or returns what is invalid. */
export const readRankPage = (context: HttpContext): { limit: number; fromRank: number } | FieldError[] => {
  const cursor = readParameter(context, 'cursor')
  const decoded = cursor === undefined ? 'rank-1' : Buffer.from(cursor, 'base64url').toString()
  const rank = /^rank-([1-9]\d{0,9})$/.exec(decoded)?.[1]
  const limit = readLimit(context)
  const errors = [
    ...(typeof limit === 'number' ? [] : [limit]),
    ...(rank === undefined
      ? [{ pointer: '/cursor', message: 'expected the nextCursor of an earlier page' }]
      : []),
  ]
  return typeof limit === 'number' && rank !== undefined ? { limit, fromRank: Number(rank) } : errors
}
