import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { historyEnd, historyHead, historyLine } from '../../coupon/audit/history.ts'
import type { AnswerHistory } from './answer-history.ts'

/** Writes a history to a file that the audit reads. */
export const writeHistory = async (
  file: string,
  campaignId: string,
  history: AnswerHistory,
  userIdOf: (shopper: number) => string,
): Promise<void> => {
  const lines = function* (): Generator<string> {
    yield historyHead(campaignId)
    let answers = 0
    for (const entry of history.entries(userIdOf)) {
      answers += 1
      yield historyLine(entry)
    }
    yield historyEnd(answers)
  }
  await pipeline(Readable.from(lines()), createWriteStream(file))
}
