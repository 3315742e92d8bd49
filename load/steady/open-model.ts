import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises'
import type { AnswerSheet } from '../generator/answer-sheet.ts'
import { headersOf, type WireAnswer } from '../generator/wire-answer.ts'
import { type LatencySummary, summariseLatencies } from '../measure/latency.ts'
import { machineNow } from './machine-clock.ts'
import { createPressLines } from './press-lines.ts'

/** Presses that start at a constant rate, whether or not earlier ones were answered. */
export type OpenModel = {
  /** Origin of the server. */
  url: string
  connections: number
  perSecond: number
  /** So many presses at the start are not measured. */
  warmUp: number
  /** The longest wait for answers after the last press. */
  graceMs: number
}

/** What the generator says about itself. It counts measured presses only. */
export type GeneratorFigures = {
  /** The part of one core that its process took while it sent. */
  cpuShare: number
  /** From the scheduled moment of a press to its start. */
  lateness: LatencySummary | undefined
  /** Presses that found no free connection at their moment, and waited for one. */
  heldBack: number
  /** Presses that found none until the end. */
  unsent: number
}

/**
 * The longest sleep between two looks at the clock. A timer of Node is late by up to a millisecond and more;
 * a loop that never sleeps takes a whole core.
 */
const napMs = 0.1
const napCell = new Int32Array(new SharedArrayBuffer(4))
const nap = (ms: number): void => {
  if (ms > 0) Atomics.wait(napCell, 0, 0, Math.min(napMs, ms))
}

const lastLookMs = 5
const needsHeaders = (status: number): boolean => status === 202 || status === 429 || status === 503

/**
 * Sends each request at its moment, and stores the answers on `sheet`, whose clock is `machineNow`. Latencies
 * count from the scheduled moment, so that a slow answer hides no wait behind it.
 */
export const runOpenModel = async (
  { url, connections, perSecond, warmUp, graceMs }: OpenModel,
  requests: readonly Buffer[],
  sheet: AnswerSheet,
): Promise<GeneratorFigures> => {
  const count = requests.length
  const latenessMs: number[] = []
  // Shoppers below `due` have had their moment, and those below `sent` have pressed.
  let [due, sent, heldBack] = [0, 0, 0]
  let startMs = 0
  const momentOf = (shopper: number): number => startMs + (shopper * 1_000) / perSecond

  const sendDue = (): void => {
    for (let request = requests[sent]; sent < due && request !== undefined; request = requests[sent]) {
      const nowMs = machineNow()
      if (!lines.send(sent, request)) return
      sheet.press(sent)
      if (sent >= warmUp) latenessMs.push(nowMs - momentOf(sent))
      sent += 1
    }
  }
  const lines = createPressLines({
    url,
    connections,
    answered(shopper, { status, head, body }: WireAnswer) {
      const nowMs = machineNow()
      sheet.answer(shopper, status, body, needsHeaders(status) ? headersOf(head) : [])
      sheet.time(shopper, nowMs - momentOf(shopper))
    },
    freed: sendDue,
    fault: sheet.fault,
  })

  await lines.open()
  startMs = machineNow()
  let [measuredMs, cpu] = [startMs, process.cpuUsage()]
  for (let isWarm = false; due < count; await nextTurn()) {
    const [before, nowMs] = [due, machineNow()]
    while (due < count && momentOf(due) <= nowMs) due += 1
    if (!isWarm && due > warmUp) [isWarm, measuredMs, cpu] = [true, nowMs, process.cpuUsage()]
    sendDue()
    heldBack += Math.max(0, due - Math.max(sent, before, warmUp))
    nap(momentOf(due) - machineNow())
  }
  const { user, system } = process.cpuUsage(cpu)
  const endMs = machineNow()
  const isOpen = (): boolean => lines.inFlight() > 0 || sent < count
  while (isOpen() && machineNow() - endMs < graceMs) await wait(lastLookMs)
  lines.close()
  return {
    cpuShare: (user + system) / 1_000 / Math.max(1, endMs - measuredMs),
    lateness: summariseLatencies(latenessMs),
    heldBack,
    unsent: count - Math.max(sent, warmUp),
  }
}
