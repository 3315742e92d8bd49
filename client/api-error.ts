import type { Problem, ProblemCode } from './contract-types.ts'

/** Of a request that nobody answered, or something that is not the API. What it did is unknown. */
type NoAnswer = 'no-answer'

/** What lies at the bottom: `fetch failed` says nothing. */
const reasonOf = (thrown: unknown): string => {
  if (!(thrown instanceof Error)) return 'not in the form of the contract'
  return thrown.cause instanceof Error ? reasonOf(thrown.cause) : thrown.message || thrown.name
}

/** A call that failed. Decide by `code`, and expect codes that are new to you. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: ProblemCode | NoAnswer
  /** 0 without an answer. */
  readonly status: number
  readonly problem: Problem | undefined
  /** How long to wait before another try, when the API said so. */
  readonly retryAfterMs: number | undefined

  constructor(
    status: number,
    problem: Problem | undefined,
    retryAfterMs: number | undefined,
    cause: unknown,
  ) {
    const text =
      problem === undefined
        ? `no answer of the API: ${reasonOf(cause)}`
        : `${problem.code}: ${problem.detail}`
    super(status === 0 ? text : `${status} ${text}`, { cause })
    this.code = problem?.code ?? 'no-answer'
    this.status = status
    this.problem = problem
    this.retryAfterMs = retryAfterMs
  }
}
