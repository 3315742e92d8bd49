import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { historyEnd, historyHead, historyLine } from '../../coupon/audit/history.ts'
import type { AnswerHistory } from './answer-history.ts'

/** Writes what the shoppers of a burst were told to a file that the audit reads. */
export const writeHistory = async (
  file: string,
  campaignId: string,
  book: AnswerHistory,
  userIdOf: (shopper: number) => string,
): Promise<void> => {
  const lines = function* (): Generator<string> {
    yield historyHead(campaignId)
    let answers = 0
    for (const { userId, slot, told } of book.answers(userIdOf)) {
      answers += 1
      yield historyLine(userId, slot, told)
    }
    yield historyEnd(answers)
  }
  await pipeline(Readable.from(lines()), createWriteStream(file))
}
