/** The state of one press: not sent, sent and not answered, or answered. */
type Press = 0 | 1 | 2
const [notSent, sent, answered] = [0, 1, 2] as const

/** One answer, unparsed. */
export type SheetAnswer = {
  status: number
  body: string
  /** From writing the request to reading the answer, in fractional milliseconds. */
  latencyMs: number
  /** Seconds, as the server wrote them. */
  retryAfter: string | undefined
  /** When it was read, in the sheet's clock. */
  answeredMs: number
}

/**
 * Moments of a wave in the sheet's clock; 0 for what did not happen. A grant is 200, 201 or 202, a yes is 200
 * or 201.
 */
export type WaveMoments = {
  firstPressMs: number
  lastYesMs: number
  lastGrantMs: number
  lastAnswerMs: number
}

/**
 * The answer to each shopper of a wave, stored as cheaply as possible while the wave runs. Nothing is parsed,
 * because the generator shares the machine with everything that it measures.
 */
export type AnswerSheet = {
  press(shopper: number): void
  answer(shopper: number, status: number, body: string, headers: readonly string[]): void
  time(shopper: number, latencyMs: number): void
  fault(cause: Error): void
  /** Shoppers whose request was never sent. */
  unpressed(): number[]
  /** `undefined` when the shopper's request was not sent, or not answered. */
  read(shopper: number): SheetAnswer | undefined
  /** Answers so far. */
  answeredCount(): number
  /** Answers so far with status 200, 201 or 202. */
  grantedCount(): number
  moments(): WaveMoments
  /** Connection faults by error code, or by message where there is no code. */
  faults(): ReadonlyMap<string, number>
}

/** The value of a header, by its name in lower case. `headers` are names and values, alternating. */
export const headerIn = (headers: readonly string[], name: string): string | undefined => {
  const at = headers.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === name)
  return at < 0 ? undefined : headers[at + 1]
}

/** An empty sheet for `shoppers` shoppers, numbered from 0. */
export const createAnswerSheet = (shoppers: number, now: () => number): AnswerSheet => {
  const presses = new Uint8Array(shoppers)
  const statuses = new Uint16Array(shoppers)
  const latenciesMs = new Float64Array(shoppers)
  const answeredMs = new Float64Array(shoppers)
  const bodies: string[] = []
  const retryAfters = new Map<number, string>()
  const faults = new Map<string, number>()
  const moments: WaveMoments = { firstPressMs: 0, lastYesMs: 0, lastGrantMs: 0, lastAnswerMs: 0 }
  let answeredCount = 0
  let grantedCount = 0
  let previousBody = ''
  const mark = (shopper: number, press: Press): void => {
    presses[shopper] = press
  }

  return {
    press(shopper) {
      if (moments.firstPressMs === 0) moments.firstPressMs = now()
      mark(shopper, sent)
    },
    answer(shopper, status, body, headers) {
      mark(shopper, answered)
      const nowMs = now()
      moments.lastAnswerMs = nowMs
      answeredMs[shopper] = nowMs
      answeredCount += 1
      statuses[shopper] = status
      // All losers get the same body: keep one string instead of a hundred thousand.
      if (body !== previousBody) previousBody = body
      bodies[shopper] = previousBody
      if (status >= 200 && status <= 202) {
        moments.lastGrantMs = nowMs
        if (status !== 202) moments.lastYesMs = nowMs
        grantedCount += 1
      }
      if (status !== 202 && status !== 429 && status !== 503) return
      const retryAfter = headerIn(headers, 'retry-after')
      if (retryAfter !== undefined) retryAfters.set(shopper, retryAfter)
    },
    time(shopper, latencyMs) {
      latenciesMs[shopper] = latencyMs
    },
    fault(cause) {
      const name = 'code' in cause ? String(cause.code) : cause.message
      faults.set(name, (faults.get(name) ?? 0) + 1)
    },
    unpressed() {
      const shoppersLeft: number[] = []
      for (const [shopper, press] of presses.entries()) if (press === notSent) shoppersLeft.push(shopper)
      return shoppersLeft
    },
    read(shopper) {
      const body = bodies[shopper]
      if (presses[shopper] !== answered || body === undefined) return undefined
      return {
        body,
        status: statuses[shopper] ?? 0,
        latencyMs: latenciesMs[shopper] ?? 0,
        answeredMs: answeredMs[shopper] ?? 0,
        retryAfter: retryAfters.get(shopper),
      }
    },
    answeredCount: () => answeredCount,
    grantedCount: () => grantedCount,
    moments: () => ({ ...moments }),
    faults: () => faults,
  }
}
