import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { historyEnd, historyHead, historyLine, isCompressed } from '../../coupon/audit/history.ts'
import type { AnswerHistory } from './answer-history.ts'

/** Writes a history to a file that the audit reads. It is compressed when its name ends in `.gz`. */
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
  const written = Readable.from(lines())
  await (isCompressed(file)
    ? pipeline(written, createGzip(), createWriteStream(file))
    : pipeline(written, createWriteStream(file)))
}
