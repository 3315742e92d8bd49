import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { FailureCode } from '../platform/failure.ts'

/** Every error code of the API. Codes are stable. `routes/problem-pages.ts` has the texts for people. */
export type ProblemCode =
  | 'malformed'
  | 'idempotency-key'
  | 'unauthorized'
  | 'not-found'
  | 'unknown-campaign'
  | 'unknown-coupon'
  | 'method-not-allowed'
  | 'sold-out'
  | 'not-open'
  | 'closed'
  | 'paused'
  | 'in-flight'
  | 'too-large'
  | 'unsupported-media-type'
  | 'invalid'
  | 'key-reused'
  | 'rate-limited'
  | 'internal'
  | 'overloaded'
  | 'recovering'
  | 'unavailable'

type ProblemKind = {
  status: ContentfulStatusCode
  title: string
  headers?: Record<string, string>
  /** A retry may succeed: the answer has Retry-After. */
  retryable?: true
}

/** The one table from codes to HTTP. */
export const problemKinds: Record<ProblemCode, ProblemKind> = {
  malformed: { status: 400, title: 'Malformed body' },
  'idempotency-key': { status: 400, title: 'Malformed Idempotency-Key' },
  unauthorized: { status: 401, title: 'Unauthorized', headers: { 'WWW-Authenticate': 'Bearer' } },
  'not-found': { status: 404, title: 'Not found' },
  'unknown-campaign': { status: 404, title: 'Campaign not found' },
  'unknown-coupon': { status: 404, title: 'Coupon not found' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'sold-out': { status: 409, title: 'Sold out' },
  'not-open': { status: 409, title: 'Not open yet' },
  closed: { status: 409, title: 'Campaign closed' },
  paused: { status: 409, title: 'Campaign paused', retryable: true },
  'in-flight': { status: 409, title: 'Still in progress', retryable: true },
  'too-large': { status: 413, title: 'Body too large' },
  'unsupported-media-type': { status: 415, title: 'Unsupported media type' },
  invalid: { status: 422, title: 'Invalid request' },
  'key-reused': { status: 422, title: 'Idempotency-Key reused' },
  'rate-limited': { status: 429, title: 'Too many requests', retryable: true },
  internal: { status: 500, title: 'Internal error' },
  overloaded: { status: 503, title: 'Overloaded', retryable: true },
  recovering: { status: 503, title: 'Recovering', retryable: true },
  unavailable: { status: 503, title: 'Temporarily unavailable', retryable: true },
}

/** The problem of each failure. */
export const problemOfFailure: Record<FailureCode, ProblemCode> = {
  overloaded: 'overloaded',
  unavailable: 'unavailable',
  recovering: 'recovering',
  refused: 'internal',
  defect: 'internal',
}

/** The detail of each failure. The message of the failure itself is only logged. */
const failureDetails: Record<FailureCode, string> = {
  overloaded: 'Too many requests are waiting. Nothing was done; trying again is safe.',
  unavailable: 'The result is unknown. Trying again is safe.',
  recovering: 'The campaign is being recovered. Trying again is safe.',
  refused: 'The server cannot process this request.',
  defect: 'The server has an internal error.',
}

/** One invalid value: its JSON pointer and what was expected. */
export type FieldError = { pointer: string; message: string }

export type ProblemExtras = { headers?: Record<string, string>; fields?: Record<string, unknown> }

/** Seconds until the next attempt. Random, so that clients rejected together do not return together. */
const retryAfterSeconds = (): number => 1 + Math.floor(Math.random() * 3)

/** An RFC 9457 problem document. Its `type` is a page of this server, `/problems/{code}`. */
export const problem = (code: ProblemCode, detail: string, extras: ProblemExtras = {}): Response => {
  const { status, title, headers, retryable } = problemKinds[code]
  const document = { type: `/problems/${code}`, title, status, detail, code, ...extras.fields }
  return new Response(JSON.stringify(document), {
    status,
    headers: {
      'Content-Type': 'application/problem+json',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      ...(retryable === true ? { 'Retry-After': String(retryAfterSeconds()) } : undefined),
      ...headers,
      ...extras.headers,
    },
  })
}

/** The problem document of a failure. */
export const failureProblem = (code: FailureCode): Response =>
  problem(problemOfFailure[code], failureDetails[code])

/** A 422 with every invalid value. */
export const invalidProblem = (errors: readonly FieldError[]): Response =>
  problem('invalid', errors.map(({ pointer, message }) => `${pointer}: ${message}`).join('; '), {
    fields: { errors },
  })
