import { setTimeout as wait } from 'node:timers/promises'
import type { AnswerSheet } from './answer-sheet.ts'
import type { ApiClient } from '../people/api-client.ts'
import { runWave } from './wave.ts'

export type PressAllOptions = {
  url: string
  /** The press of every shopper, complete. */
  requests: readonly Buffer[]
  connections: number
  /** Asked before a second wave; without it there is none. */
  api?: Pick<ApiClient, 'isReady'>
}

const answerTimeoutSeconds = 10
const waveTimeoutMs = 600_000
// An API that is restarted gives up every connection of a wave; the people behind them press in the next.
const wavesMax = 5
const readyTimeoutMs = 30_000
const readyIntervalMs = 200

const isReadyInTime = async (api: Pick<ApiClient, 'isReady'>): Promise<boolean> => {
  for (let waitedMs = 0; waitedMs < readyTimeoutMs; waitedMs += readyIntervalMs) {
    if (await api.isReady()) return true
    await wait(readyIntervalMs)
  }
  return false
}

/**
 * Lets every shopper press once, in a wave, and in further waves those who were left because their connection broke before their
 * turn. What the sheet has no answer to when this resolves is unknown.
 */
export const pressAll = async (options: PressAllOptions, sheet: AnswerSheet): Promise<void> => {
  const { url, requests, connections, api } = options
  const opener = Buffer.from(`GET /livez HTTP/1.1\r\nhost: ${new URL(url).host}\r\n\r\n`, 'latin1')
  const wave = { url, requests, opener, connections, answerTimeoutSeconds, waveTimeoutMs }
  await runWave(wave, sheet)
  for (let waves = 1; api !== undefined && waves < wavesMax && sheet.unpressed().length > 0; waves += 1)
    if (await isReadyInTime(api)) await runWave(wave, sheet)
}
