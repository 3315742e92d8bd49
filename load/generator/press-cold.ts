import { setImmediate as nextTurn } from 'node:timers/promises'
import type { AnswerSheet } from './answer-sheet.ts'
import { openPressConnection } from './press-connection.ts'
import { writeAnswer } from './write-answer.ts'

export type ColdPresses = {
  /** Origin of the server. */
  url: string
  /** The complete press of each shopper, who has a connection of their own. */
  requests: readonly Buffer[]
  /** A shopper who has no answer this long after asking for a connection gives up. */
  patienceMs: number
  now(): number
}

/** What happened before the presses; their answers are on the sheet. */
export type ColdConnects = {
  /** Of each connection that was made: from asking for it until it was open. */
  connectsMs: number[]
  /** From asking for the first connection until the last was asked for. */
  openingMs: number
}

/** Connects between two looks at what has come, so that no connect waits long for being noticed. */
const connectsPerTurn = 50

/**
 * Opens a connection for each press, all of them as fast as this process can, and presses as soon as a
 * connection is open. None waits for another. Resolves when each is answered, closed or given up. Shoppers
 * without a connection are unpressed on the sheet.
 */
export const pressCold = async (
  { url, requests, patienceMs, now }: ColdPresses,
  sheet: AnswerSheet,
): Promise<ColdConnects> => {
  const origin = new URL(url)
  const connectsMs: number[] = []

  const pressOnce = (shopper: number, request: Buffer): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const askedMs = now()
    let sentMs = askedMs
    const end = (): void => {
      clearTimeout(patience)
      resolve()
    }
    const leave = (): void => {
      connection.reset()
      end()
    }
    const patience = setTimeout(leave, patienceMs)
    const connection = openPressConnection(origin, {
      connected() {
        sentMs = now()
        connectsMs.push(sentMs - askedMs)
        sheet.press(shopper)
        connection.send(request)
      },
      answered(answer) {
        writeAnswer(sheet, shopper, answer, now() - sentMs)
        leave()
      },
      closed: end,
      fault: sheet.fault,
    })
    return promise
  }

  const startedMs = now()
  const presses: Promise<void>[] = []
  for (const [shopper, request] of requests.entries()) {
    presses.push(pressOnce(shopper, request))
    if (presses.length % connectsPerTurn === 0) await nextTurn()
  }
  const openingMs = now() - startedMs
  await Promise.all(presses)
  return { connectsMs, openingMs }
}
