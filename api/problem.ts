import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { FailureCode } from '../platform/failure.ts'

/** Every way in which the API says no. The code is stable; what a person reads stands in `problems.ts`. */
export type ProblemCode =
  | 'malformed'
  | 'unauthorized'
  | 'not-found'
  | 'unknown-campaign'
  | 'unknown-coupon'
  | 'method-not-allowed'
  | 'sold-out'
  | 'not-open'
  | 'closed'
  | 'paused'
  | 'too-large'
  | 'unsupported-media-type'
  | 'invalid'
  | 'internal'
  | 'overloaded'
  | 'recovering'
  | 'unavailable'

type ProblemKind = {
  status: ContentfulStatusCode
  title: string
  headers?: Record<string, string>
  retryable?: true
}

/** The one table from codes to HTTP. */
export const problemKinds: Record<ProblemCode, ProblemKind> = {
  malformed: { status: 400, title: 'The body is not JSON' },
  unauthorized: { status: 401, title: 'No valid credential', headers: { 'WWW-Authenticate': 'Bearer' } },
  'not-found': { status: 404, title: 'No such page' },
  'unknown-campaign': { status: 404, title: 'No such campaign' },
  'unknown-coupon': { status: 404, title: 'No such coupon of yours' },
  'method-not-allowed': { status: 405, title: 'Not this way' },
  'sold-out': { status: 409, title: 'Sold out' },
  'not-open': { status: 409, title: 'Not open yet' },
  closed: { status: 409, title: 'Closed' },
  paused: { status: 409, title: 'Paused', retryable: true },
  'too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'Only application/json' },
  invalid: { status: 422, title: 'A value breaks a rule' },
  internal: { status: 500, title: 'Our fault' },
  overloaded: { status: 503, title: 'Too many at once', retryable: true },
  recovering: { status: 503, title: 'Coming back', retryable: true },
  unavailable: { status: 503, title: 'Not known just now', retryable: true },
}

/** Which problem a failure of a part is told as. */
export const problemOfFailure: Record<FailureCode, ProblemCode> = {
  overloaded: 'overloaded',
  unavailable: 'unavailable',
  recovering: 'recovering',
  refused: 'internal',
  defect: 'internal',
}

/** What a caller is told of a failure: never its inner words. */
const failureDetails: Record<FailureCode, string> = {
  overloaded: 'Too many requests are waiting; nothing was done with yours.',
  unavailable: 'The result is not known. Asking again is safe.',
  recovering: 'The campaign is being brought back. Asking again is safe.',
  refused: 'The server cannot do this.',
  defect: 'The server broke a rule of its own.',
}

/** One value that breaks a rule: where it stands (JSON pointer) and what was expected. */
export type FieldError = { pointer: string; message: string }

export type ProblemExtras = { headers?: Record<string, string>; fields?: Record<string, unknown> }

/** Seconds to wait before the next try, spread so that those who were refused together do not come back together. */
const retryAfterSeconds = (): number => 1 + Math.floor(Math.random() * 3)

/** An RFC 9457 problem document. Its `type` is a page of this server (`/problems/{code}`). */
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

/** The problem that a failure of a part is told as. */
export const failureProblem = (code: FailureCode): Response =>
  problem(problemOfFailure[code], failureDetails[code])

/** 422 with every field that breaks a rule. */
export const invalidProblem = (errors: readonly FieldError[]): Response =>
  problem('invalid', errors.map(({ pointer, message }) => `${pointer}: ${message}`).join('; '), {
    fields: { errors },
  })
