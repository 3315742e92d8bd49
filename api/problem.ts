import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { FailureCode } from '../platform/failure.ts'
import {
  type ProtocolProblemCode,
  problemHeaders,
  protocolProblemKinds,
  toProblemText,
} from '../platform/http/protocol-problem.ts'

/** Every error code of the API. Codes are stable. `routes/problem-pages.ts` has the texts for people. */
export type ProblemCode =
  | ProtocolProblemCode
  | 'malformed'
  | 'idempotency-key'
  | 'unauthorized'
  | 'forbidden'
  | 'not-eligible'
  | 'not-found'
  | 'unknown-campaign'
  | 'unknown-coupon'
  | 'unknown-dead-letter'
  | 'method-not-allowed'
  | 'sold-out'
  | 'not-open'
  | 'closed'
  | 'paused'
  | 'in-flight'
  | 'confirming'
  | 'not-usable-yet'
  | 'expired'
  | 'revoked'
  | 'already-redeemed'
  | 'redeemed-by-shop'
  | 'changed-too-often'
  | 'already-redriven'
  | 'not-recorded-yet'
  | 'frozen'
  | 'rehearsals-off'
  | 'rehearsal-under-way'
  | 'version'
  | 'version-required'
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
  ...protocolProblemKinds,
  malformed: { status: 400, title: 'Malformed body' },
  'idempotency-key': { status: 400, title: 'Malformed Idempotency-Key' },
  unauthorized: { status: 401, title: 'Unauthorized', headers: { 'WWW-Authenticate': 'Bearer' } },
  forbidden: { status: 403, title: 'Forbidden' },
  'not-eligible': { status: 403, title: 'Not eligible' },
  'rehearsals-off': { status: 403, title: 'Rehearsals are off' },
  'not-found': { status: 404, title: 'Not found' },
  'unknown-campaign': { status: 404, title: 'Campaign not found' },
  'unknown-coupon': { status: 404, title: 'Coupon not found' },
  'unknown-dead-letter': { status: 404, title: 'Dead letter not found' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'sold-out': { status: 409, title: 'Sold out' },
  'not-open': { status: 409, title: 'Not open yet' },
  closed: { status: 409, title: 'Campaign closed' },
  paused: { status: 409, title: 'Campaign paused', retryable: true },
  'in-flight': { status: 409, title: 'Still in progress', retryable: true },
  confirming: { status: 409, title: 'Not confirmed yet', retryable: true },
  'not-usable-yet': { status: 409, title: 'Not usable yet' },
  expired: { status: 409, title: 'Coupon expired' },
  revoked: { status: 409, title: 'Coupon revoked' },
  'already-redeemed': { status: 409, title: 'Already redeemed' },
  'redeemed-by-shop': { status: 409, title: 'Redeemed by the shop' },
  'changed-too-often': { status: 409, title: 'Changed too often' },
  'already-redriven': { status: 409, title: 'Already redriven' },
  'not-recorded-yet': { status: 503, title: 'Not recorded yet', retryable: true },
  frozen: { status: 409, title: 'Cannot be changed so' },
  'rehearsal-under-way': { status: 409, title: 'Rehearsal under way' },
  version: { status: 412, title: 'Another version' },
  'version-required': { status: 428, title: 'If-Match required' },
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

/**
 * Writes an RFC 9457 problem document once, for a refusal that is always the same. Only Retry-After differs
 * from one answer to the next.
 */
export const prepareProblem = (
  code: ProblemCode,
  detail: string,
  extras: ProblemExtras = {},
): (() => Response) => {
  const kind = problemKinds[code]
  const { status, headers: own, retryable } = kind
  const body = toProblemText(code, kind, detail, extras.fields)
  const headers = { ...problemHeaders, ...own, ...extras.headers }
  const init = { status, headers }
  if (retryable === undefined) return () => new Response(body, init)
  return () =>
    new Response(body, {
      status,
      headers: { 'Retry-After': String(retryAfterSeconds()), ...headers },
    })
}

/** A problem document of its own. Its `type` is a page of this server, `/problems/{code}`. */
export const problem = (code: ProblemCode, detail: string, extras: ProblemExtras = {}): Response =>
  prepareProblem(code, detail, extras)()

const failureProblems: Record<FailureCode, () => Response> = {
  overloaded: prepareProblem(problemOfFailure.overloaded, failureDetails.overloaded),
  unavailable: prepareProblem(problemOfFailure.unavailable, failureDetails.unavailable),
  recovering: prepareProblem(problemOfFailure.recovering, failureDetails.recovering),
  refused: prepareProblem(problemOfFailure.refused, failureDetails.refused),
  defect: prepareProblem(problemOfFailure.defect, failureDetails.defect),
}

/** The problem document of a failure. */
export const failureProblem = (code: FailureCode): Response => failureProblems[code]()

/** The 404 of a campaign that is not live, and of an id that no campaign can have. */
export const unknownCampaign = prepareProblem('unknown-campaign', 'No live campaign has this id.')

/** The 404 of a coupon that the caller does not have, and of an id that no coupon can have. */
export const unknownCoupon = prepareProblem('unknown-coupon', 'You have no coupon with this id.')

/** The 404 for operators, who read the ledger: retired campaigns are there. */
export const noCampaign = prepareProblem('unknown-campaign', 'No campaign has this id.')

/** As many as people read; programs read `errors`. */
const errorsInDetailMax = 10

/** A 422 with every invalid value, written once. */
export const prepareInvalidProblem = (errors: readonly FieldError[]): (() => Response) => {
  const first = errors.slice(0, errorsInDetailMax).map(({ pointer, message }) => `${pointer}: ${message}`)
  const others = errors.length - first.length
  const detail = [...first, ...(others > 0 ? [`and ${others} more`] : [])].join('; ')
  return prepareProblem('invalid', detail, { fields: { errors } })
}

/** A 422 with every invalid value. */
export const invalidProblem = (errors: readonly FieldError[]): Response => prepareInvalidProblem(errors)()
