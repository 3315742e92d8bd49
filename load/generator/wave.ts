import autocannon from 'autocannon'
import type { AnswerSheet } from './answer-sheet.ts'

/** One wave of presses: every request once, over a fixed number of connections, as fast as answers come. */
export type Wave = {
  /** Origin of the server. */
  url: string
  /** One complete HTTP/1.1 request a shopper. */
  requests: readonly Buffer[]
  /** Sent first on every connection, so that no shopper pays for opening it; its answer is not looked at. */
  opener: Buffer
  connections: number
  /** A request without an answer for this long is unknown. Whole seconds: autocannon takes no others. */
  answerTimeoutSeconds: number
  /** The wave is cut off after this long. */
  waveTimeoutMs: number
}

/**
 * What autocannon 9.0.0's client is at run time, beyond its published types. Its public way to give each request its own header
 * (`setRequests` with `onResponse`) costs 27-32 us of this process a request, because it maps every header of every answer;
 * a request list of our own in its place costs 15. The version is pinned, and drive.test.ts fails when any of this changes.
 */
type CannonClient = {
  requestIterator: RequestList
  /** Closes the connection and counts it as done. */
  destroy(): void
  on(event: 'response', listener: (status: number, bytes: number, durationMs: number) => void): unknown
  on(event: 'connError', listener: (cause: Error) => void): unknown
}

type CannonRequest = { requestBuffer: Buffer; shopper: number }

/** What the client asks of its list of requests. */
type RequestList = {
  currentRequest: CannonRequest
  readonly resetted: boolean
  /** Moves on; called before each request but the first of a client. */
  nextRequest(): void
  /** The answer to `request`; `headers` are names and values in turn. */
  recordBody(request: CannonRequest, status: number, body: string, headers: readonly string[]): void
}

const noShopper = -1

/**
 * One connection's list. A connection is given up at its first fault: autocannon would open it again, and from then on
 * could take the answer to one request for that to another. What it had asked stays unanswered, which is unknown.
 */
const setUpClient = (
  client: CannonClient,
  opener: CannonRequest,
  take: () => CannonRequest,
  sheet: AnswerSheet,
): void => {
  // The opener leaves as soon as the connection stands.
  let isWaiting = true
  let isGivenUp = false
  let answered = noShopper
  const giveUp = (): void => {
    isGivenUp = true
    client.destroy()
  }

  client.requestIterator = {
    resetted: false,
    currentRequest: opener,
    nextRequest() {
      if (isWaiting && !isGivenUp) {
        // The client opened a new connection by itself, after a timeout or an end, and is about to write. It cannot be destroyed
        // in the middle of that; by the end of this turn nothing has left yet.
        isGivenUp = true
        queueMicrotask(giveUp)
      }
      if (isGivenUp) return
      isWaiting = true
      this.currentRequest = take()
    },
    recordBody({ shopper }, status, body, headers) {
      isWaiting = false
      answered = isGivenUp ? noShopper : shopper
      if (answered !== noShopper) sheet.answer(answered, status, body, headers)
    },
  }
  client.on('response', (_status, _bytes, durationMs) => {
    if (answered !== noShopper) sheet.time(answered, durationMs)
  })
  client.on('connError', (cause) => {
    sheet.fault(cause)
    if (!isGivenUp) giveUp()
  })
}

/**
 * Sends every request that the sheet has no answer to, and writes the answers into it. Resolves when all are answered or every
 * connection is given up; what is left is for the caller to ask again. Rejects only for a wave that cannot begin.
 */
export const runWave = async (wave: Wave, sheet: AnswerSheet): Promise<void> => {
  const shoppers = sheet.unpressed()
  if (shoppers.length === 0) return
  const connections = Math.min(wave.connections, shoppers.length)
  const opener: CannonRequest = { requestBuffer: wave.opener, shopper: noShopper }
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
      // The run ends at the next of these after the last answer.
      sampleInt: 50,
      // Its statistics are of no use to us (whole milliseconds), and each costs time.
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
