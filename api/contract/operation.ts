import { z } from 'zod'
import { idPattern, userIdPattern } from '../../coupon/grant.ts'
import type { ProblemCode } from '../problem.ts'
import { orderIdValue } from './coupon-shapes.ts'

/** The headers of answers that clients read. `api/openapi/openapi-responses.ts` says what they mean. */
export type AnswerHeader = 'ETag' | 'Location' | 'Retry-After'

/** An answer that is no problem. Without `schema` it is text of `mediaType`. */
export type OperationAnswer = {
  description: string
  /** A `named` schema. */
  schema?: z.ZodType
  /** `application/json` when left out. */
  mediaType?: 'application/json' | 'text/html' | 'text/csv' | 'text/event-stream' | 'text/javascript'
  /** It comes as this too, when Accept asks for it. */
  alsoAs?: 'text/csv'
  headers?: readonly AnswerHeader[]
}

/**
 * How a route describes itself. The OpenAPI document, `/docs`, and the check of every answer in the tests
 * are made from it.
 *
 * 1. Write the shapes of body and answers in `api/contract/`, each with `named('Coupon', z.object(…))`.
 *    Integers have bounds. A rule that a JSON schema cannot say stands in `.describe(…)`.
 * 2. Give the route an `operation`: id, a summary, its answers by status, and the codes of its own problems.
 * 3. Leave out what follows from the route itself (`api/openapi/implied-problems.ts`): 401, the refusals of
 *    every route, and the 400, 413, 415 and 422 of a body or a query.
 * 4. A path parameter with a new name gets its line in `pathParameters` below. A problem with a new field
 *    gets the field in `problem-shape.ts`.
 * 5. `npm run openapi` writes docs/openapi.json anew.
 */
export type Operation = {
  /** A verb in camelCase, unique in the document: clients name their functions after it. */
  id: string
  /** A few words, without a full stop. */
  summary: string
  /** What the summary leaves out, in Markdown. */
  description?: string
  query?: Readonly<Record<string, z.ZodType>>
  /** Request headers beside Authorization. */
  headers?: Readonly<Record<string, z.ZodType>>
  /** A `named` schema. */
  body?: z.ZodType
  answers: Readonly<Partial<Record<200 | 201 | 202 | 204 | 304 | 503, OperationAnswer>>>
  problems: readonly ProblemCode[]
}

/** What the names in the paths of routes stand for. */
export const pathParameters: Readonly<Record<string, z.ZodType>> = {
  campaignId: z.string().regex(idPattern).describe('The id of a campaign. Treat it as opaque.'),
  couponId: z.string().regex(idPattern).describe('The id of a coupon. Treat it as opaque.'),
  orderId: orderIdValue,
  partition: z
    .string()
    .regex(/^\d{1,9}$/)
    .describe('The partition of a dead letter: 0 of `0:17`.'),
  offset: z
    .string()
    .regex(/^\d{1,15}$/)
    .describe('The offset of a dead letter: 17 of `0:17`.'),
  userId: z.string().regex(userIdPattern).describe('The `sub` of a shopper.'),
  file: z.string().min(1).max(64).describe('The name of a file that a page loads.'),
  code: z
    .string()
    .min(1)
    .max(64)
    .meta({ description: 'The `code` of a problem.', examples: ['sold-out'] }),
}
