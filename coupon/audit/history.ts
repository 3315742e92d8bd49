import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { z } from 'zod'
import { Failure, messageOf } from '../../platform/failure.ts'
import type { GivenAnswer } from './compare/source-entries.ts'

/**
 * The answers that the clients of a load run got, as a file. A JSON document per line: first the campaign,
 * then every answer in the order in which it was given, last the number of answers. Without its last line it
 * is of a run that did not end, and is refused. A file whose name ends in `.gz` is compressed.
 */
export type History = {
  campaignId: string
  /** Every answer, some thousands at a time. Rejects with `refused` when a line is no answer. */
  entries(): AsyncGenerator<GivenAnswer[]>
}

const couponShape = z.object({
  couponId: z.string(),
  campaignId: z.string(),
  userId: z.string(),
  slot: z.int(),
  rank: z.int(),
})
const clientAnswerShape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('granted'), coupon: couponShape }),
  z.object({ kind: z.enum(['confirming', 'sold-out', 'none', 'unknown']) }),
  z.object({ kind: z.literal('refused'), code: z.string() }),
])
const headShape = z.object({ history: z.literal(1), campaignId: z.string() })
const answerShape = z.tuple([z.string(), z.int(), clientAnswerShape])
const endShape = z.object({ answers: z.int() })

const entriesInOneStepMax = 2_000

/** The first line of a history. */
export const historyHead = (campaignId: string): string => `${JSON.stringify({ history: 1, campaignId })}\n`
/** One answer. */
export const historyLine = ({ userId, slot, answer }: GivenAnswer): string =>
  `${JSON.stringify([userId, slot, answer])}\n`
/** The last line. */
export const historyEnd = (answers: number): string => `${JSON.stringify({ answers })}\n`

const refused = (path: string, what: string): Failure =>
  new Failure('refused', `${path} is no history of a load run: ${what}`)

/** Whether a history of this name is compressed (gzip). */
export const isCompressed = (path: string): boolean => path.endsWith('.gz')

const readLines = async function* (path: string): AsyncGenerator {
  const file = createReadStream(path)
  // A fault of the file reaches the reader of the lines.
  const input = isCompressed(path) ? pipeline(file, createGunzip(), () => undefined) : file
  // Also for what is no UTF-8: a reader of bytes would drop the rest of a broken character.
  input.setEncoding('utf8')
  const lines = createInterface({ input, crlfDelay: Infinity })
  try {
    for await (const line of lines) yield JSON.parse(line)
  } catch (cause) {
    throw refused(path, messageOf(cause))
  } finally {
    lines.close()
    file.destroy()
    input.destroy()
  }
}

const readHead = async (path: string): Promise<string> => {
  for await (const document of readLines(path)) {
    const head = headShape.safeParse(document)
    if (head.success) return head.data.campaignId
    break
  }
  throw refused(path, 'its first line names no campaign')
}

/** Opens a history. Throws `refused` when the file is not a history. */
export const openHistory = async (path: string): Promise<History> => ({
  campaignId: await readHead(path),
  async *entries() {
    let entries: GivenAnswer[] = []
    let count = -1
    let ended: number | undefined
    for await (const document of readLines(path)) {
      count += 1
      if (count === 0) continue
      const parsed = answerShape.safeParse(document)
      if (!parsed.success) {
        ended = endShape.safeParse(document).data?.answers
        if (ended !== count - 1) throw refused(path, `line ${count + 1} is no answer`)
        continue
      }
      const [userId, slot, answer] = parsed.data
      entries.push({ userId, slot, answer })
      if (entries.length < entriesInOneStepMax) continue
      yield entries
      entries = []
    }
    yield entries
    if (ended === undefined || ended !== count - 1)
      throw refused(path, 'its end is missing; the run did not end')
  },
})
