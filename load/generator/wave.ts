import autocannon from 'autocannon'
import type { AnswerSheet } from './answer-sheet.ts'
import { openingRequest } from './opening-request.ts'

/** One wave of presses: every request once, over a fixed number of connections, as fast as answers come. */
export type Wave = {
  /** Origin of the server. */
  url: string
  /** One complete HTTP/1.1 request for each shopper. */
  requests: readonly Buffer[]
  connections: number
  /** A request without an answer for this long is unknown. Whole seconds, as autocannon takes them. */
  answerTimeoutSeconds: number
  /** The wave is cut off after this long. */
  waveTimeoutMs: number
}

/**
 * The client of autocannon 9.0.0 as it is at run time, beyond its published types. It has a public way to
 * give each request its own header: `setRequests` with `onResponse`. That costs 27 to 32 us of this process a
 * request, because it maps every header of every answer. A request list of our own costs 15 us. The version
 * is pinned, and wave.test.ts fails when any of this changes.
 */
type CannonClient = {
  requestIterator: RequestList
  /** Closes the connection and counts it as done. */
  destroy(): void
  on(event: 'response', listener: (status: number, bytes: number, durationMs: number) => void): unknown
  on(event: 'connError', listener: (cause: Error) => void): unknown
}

type CannonRequest = { requestBuffer: Buffer; shopper: number }

/** What autocannon's client needs of its list of requests. */
type RequestList = {
  currentRequest: CannonRequest
  readonly resetted: boolean
  /** Moves to the next request; called before each request except the first of a client. */
  nextRequest(): void
  /** The answer to `request`; `headers` are names and values, alternating. */
  recordBody(request: CannonRequest, status: number, body: string, headers: readonly string[]): void
}

const noShopper = -1

/**
 * Gives a connection its list of requests. A connection is abandoned at its first fault: autocannon would
 * reopen it, and could then match an answer to the wrong request. The request in flight stays unanswered,
 * which is unknown.
 */
const setUpClient = (
  client: CannonClient,
  opener: CannonRequest,
  take: () => CannonRequest,
  sheet: AnswerSheet,
): void => {
  // The opening request is sent once the connection is open.
  let isWaiting = true
  let isAbandoned = false
  let answered = noShopper
  const abandon = (): void => {
    isAbandoned = true
    client.destroy()
  }

  client.requestIterator = {
    resetted: false,
    currentRequest: opener,
    nextRequest() {
      if (isWaiting && !isAbandoned) {
        // After a timeout or a close, the client has opened a new connection and is about to write. It cannot
        // be destroyed while it does that; in the microtask behind it nothing is sent yet.
        isAbandoned = true
        queueMicrotask(abandon)
      }
      if (isAbandoned) return
      isWaiting = true
      this.currentRequest = take()
    },
    recordBody({ shopper }, status, body, headers) {
      isWaiting = false
      answered = isAbandoned ? noShopper : shopper
      if (answered !== noShopper) sheet.answer(answered, status, body, headers)
    },
  }
  client.on('response', (_status, _bytes, durationMs) => {
    if (answered !== noShopper) sheet.time(answered, durationMs)
  })
  client.on('connError', (cause) => {
    sheet.fault(cause)
    if (!isAbandoned) abandon()
  })
}

/**
 * Sends each request that was never sent according to `sheet`, and stores the answers there. Resolves when
 * all are answered or every connection is abandoned; what is left is up to the caller. Rejects only when a
 * wave cannot start.
 */
export const runWave = async (wave: Wave, sheet: AnswerSheet): Promise<void> => {
  const shoppers = sheet.unpressed()
  if (shoppers.length === 0) return
  const connections = Math.min(wave.connections, shoppers.length)
  const opener: CannonRequest = { requestBuffer: openingRequest(wave.url), shopper: noShopper }
  let next = 0
  const take = (): CannonRequest => {
    const shopper = shoppers[next]
    const requestBuffer = shopper === undefined ? undefined : wave.requests[shopper]
    if (shopper === undefined || requestBuffer === undefined) return opener
    next += 1
    sheet.press(shopper)
    return { requestBuffer, shopper }
  }

  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const run = autocannon(
    {
      url: wave.url,
      connections,
      amount: shoppers.length + connections,
      timeout: wave.answerTimeoutSeconds,
      // The run ends at the next sample after the last answer.
      sampleInt: 50,
      // Its statistics are in whole milliseconds, and each costs time.
      excludeErrorStats: true,
      skipAggregateResult: true,
      setupClient: (client) => setUpClient(client as unknown as CannonClient, opener, take, sheet),
    },
    (cause: unknown) => (cause === null ? resolve() : reject(cause)),
  )
  const cutOff = setTimeout(() => run.stop(), wave.waveTimeoutMs)
  try {
    await promise
  } finally {
    clearTimeout(cutOff)
  }
}
