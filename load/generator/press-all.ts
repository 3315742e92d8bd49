import { setTimeout as wait } from 'node:timers/promises'
import type { ApiClient } from '../people/api-client.ts'
import type { AnswerSheet } from './answer-sheet.ts'
import { runWave } from './wave.ts'

export type PressAllOptions = {
  url: string
  /** The complete press of each shopper. */
  requests: readonly Buffer[]
  connections: number
  /** Has to be ready before each further wave; without it there is one wave. */
  api?: Pick<ApiClient, 'isReady'>
}

const answerTimeoutSeconds = 10
const waveTimeoutMs = 600_000
// An API that restarts breaks every connection of a wave. Those who have not pressed do so in the next wave.
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
 * Lets every shopper press once. Further waves are for shoppers whose connection broke before they could
 * press. What the sheet has no answer to when this resolves is unknown.
 */
export const pressAll = async (
  { url, requests, connections, api }: PressAllOptions,
  sheet: AnswerSheet,
): Promise<void> => {
  const wave = { url, requests, connections, answerTimeoutSeconds, waveTimeoutMs }
  await runWave(wave, sheet)
  for (let waves = 1; api !== undefined && waves < wavesMax && sheet.unpressed().length > 0; waves += 1)
    if (await isReadyInTime(api)) await runWave(wave, sheet)
}
