import { ApiError } from './api-error.ts'
import type { Problem } from './contract-types.ts'
import { machineTimers, type Timers, throwReasonOf, waitFor } from './timers.ts'

/** How a client reaches the API. */
export type ClientOptions = {
  /** Origin of the API. */
  url: string
  /** The Bearer token, or what brings it: it is asked before every request. */
  token?: string | (() => string | Promise<string>)
  fetch?: typeof globalThis.fetch
  /** Requests of one call, at most: 5. Polls for a coupon that is being confirmed do not count. */
  attemptsMax?: number
  /** Longest duration of one call: 30,000. */
  deadlineMs?: number | undefined
  /** Longest wait for one answer: 10,000. */
  requestTimeoutMs?: number
  timers?: Timers
  /** At least 0, below 1. Spreads retries. */
  random?(): number
}

/** What can be said about one call. */
export type CallOptions = {
  /** Aborts the call, which rejects with the reason. A press that was sent may still win. */
  signal?: AbortSignal | undefined
  /** Replaces `deadlineMs` of the client. */
  deadlineMs?: number | undefined
}

export type ApiRequest = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  headers?: Record<string, string>
  json?: object
  /** Of an answer in JSON: a field that it has. Without it the answer is taken for none. */
  has?: string
}

/** `status` is 0 when nobody answered, or not the API. */
export type ApiReply = {
  status: number
  body: unknown
  problem: Problem | undefined
  retryAfterMs: number | undefined
  cause?: unknown
}

/** The requests of one call: their number and their time have a limit. */
export type Attempts = {
  send(request: ApiRequest): Promise<ApiReply>
  /** Waits before a further attempt. False when there is none: no time, or as many as may be. */
  pauseAfter(reply: ApiReply): Promise<boolean>
  /** Waits before a request that is no attempt, `ms` or a little longer. False when there is no time. */
  poll(ms: number): Promise<boolean>
  /** True while another attempt may be made. */
  isLeft(): boolean
}

export type Transport = {
  begin(call?: CallOptions): Attempts
  /** The body of the answer. Retries what is safe, and throws an ApiError for everything else. */
  ask<Body>(request: ApiRequest, call?: CallOptions): Promise<Body>
  /** The same, with the status of the answer. */
  reply(request: ApiRequest, call?: CallOptions): Promise<ApiReply>
  timers: Timers
}

const backoffMinMs = 200
const backoffMaxMs = 5_000
const pollMinMs = 200

/** No answer, too many requests, or a proxy or the API that cannot serve at the moment. */
export const isRetryable = ({ status, problem }: ApiReply): boolean =>
  [0, 429, 502, 503, 504].includes(status) ||
  // The first request with this Idempotency-Key is still in progress, and this one asks for its answer.
  problem?.code === 'in-flight'

const retryAfterOf = (header: string | null): number | undefined => {
  if (header === null) return undefined
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const readReply = async (response: Response, { has }: ApiRequest): Promise<ApiReply> => {
  const { status } = response
  const body = parse(await response.text())
  const fields = Object(body) as Record<string, unknown>
  const problem =
    status >= 400 && typeof fields['code'] === 'string' ? (fields as unknown as Problem) : undefined
  const isOurs = problem !== undefined || has === undefined || fields[has] !== undefined
  return {
    // Of an error without a problem somebody between here and the API tells its status.
    status: isOurs || status >= 400 ? status : 0,
    body,
    problem,
    retryAfterMs: retryAfterOf(response.headers.get('retry-after')),
  }
}

export const createTransport = (options: ClientOptions): Transport => {
  const { url, token, attemptsMax = 5, requestTimeoutMs = 10_000, random = Math.random } = options
  const { timers = machineTimers, fetch = globalThis.fetch } = options
  const origin = url.replace(/\/+$/, '')

  const headersOf = async ({ headers, json }: ApiRequest): Promise<Record<string, string>> => {
    const bearer = typeof token === 'function' ? await token() : token
    return {
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    }
  }

  const send = async (
    request: ApiRequest,
    limitMs: number,
    signal: AbortSignal | undefined,
  ): Promise<ApiReply> => {
    throwReasonOf(signal)
    const stop = new AbortController()
    const aborted = new Promise<never>((_, reject) => {
      stop.signal.addEventListener('abort', () => reject(stop.signal.reason as Error))
    })
    const abort = (): void => stop.abort(signal?.reason)
    signal?.addEventListener('abort', abort)
    const cancel = timers.after(limitMs, () => stop.abort(new Error(`no answer within ${limitMs} ms`)))
    let isSent = false
    const answer = async (): Promise<ApiReply> => {
      const { method, json } = request
      const headers = await headersOf(request)
      isSent = true
      const body = json === undefined ? {} : { body: JSON.stringify(json) }
      const sent = await fetch(origin + request.path, { method, headers, signal: stop.signal, ...body })
      return readReply(sent, request)
    }
    try {
      // Neither the token nor a `fetch` of the caller's has to listen to a signal.
      return await Promise.race([answer(), aborted])
    } catch (cause) {
      throwReasonOf(signal)
      if (!isSent && !stop.signal.aborted) throw cause
      return { status: 0, body: undefined, problem: undefined, retryAfterMs: undefined, cause }
    } finally {
      cancel()
      signal?.removeEventListener('abort', abort)
    }
  }

  const begin = ({ signal, deadlineMs = options.deadlineMs ?? 30_000 }: CallOptions = {}): Attempts => {
    const untilMs = timers.nowMs() + deadlineMs
    let attempts = 0
    const pause = async (ms: number): Promise<boolean> => {
      // A wait that ends at the deadline brings nothing.
      if (timers.nowMs() + ms >= untilMs) return false
      await waitFor(timers, ms, signal)
      return timers.nowMs() < untilMs
    }
    return {
      send(request) {
        attempts += 1
        return send(request, Math.min(requestTimeoutMs, untilMs - timers.nowMs()), signal)
      },
      async pauseAfter({ retryAfterMs }) {
        if (attempts >= attemptsMax) return false
        const backoffMs = Math.min(backoffMaxMs, backoffMinMs * 2 ** (attempts - 1))
        return pause((retryAfterMs ?? backoffMs / 2) + random() * backoffMs)
      },
      poll(ms) {
        attempts -= 1
        return pause(Math.max(ms, pollMinMs) + random() * pollMinMs)
      },
      isLeft: () => attempts < attemptsMax && timers.nowMs() < untilMs,
    }
  }

  const reply: Transport['reply'] = async (request, call) => {
    const attempts = begin(call)
    for (;;) {
      const answer = await attempts.send(request)
      if (answer.status >= 200 && answer.status < 300) return answer
      if (!isRetryable(answer) || !(await attempts.pauseAfter(answer)))
        throw new ApiError(answer.status, answer.problem, answer.retryAfterMs, answer.cause)
    }
  }

  return {
    begin,
    reply,
    timers,
    ask: async <Body>(request: ApiRequest, call?: CallOptions) => (await reply(request, call)).body as Body,
  }
}
