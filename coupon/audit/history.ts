import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { Failure, messageOf } from '../../platform/failure.ts'
import type { Told } from './compare/identity.ts'
import type { BookEntry } from './share-files.ts'

/**
 * The clients' book as a file: what a load run was told. A line a document: first the campaign, then every answer in the order in
 * which it was given, last how many there were. A file without its last line is of a run that did not end, and is refused.
 */
export type History = {
  campaignId: string
  /** Bytes; a share of the books is cut accordingly. */
  size: number
  /** Every answer, some thousands at a time. Rejects with `refused` when a line is none. */
  entries(): AsyncGenerator<BookEntry[]>
}

const couponShape = z.object({
  couponId: z.string(),
  campaignId: z.string(),
  userId: z.string(),
  slot: z.int(),
  rank: z.int(),
})
const toldShape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('granted'), coupon: couponShape }),
  z.object({ kind: z.enum(['confirming', 'sold-out', 'none', 'unknown']) }),
  z.object({ kind: z.literal('refused'), code: z.string() }),
])
const headShape = z.object({ history: z.literal(1), campaignId: z.string() })
const answerShape = z.tuple([z.string(), z.int(), toldShape])
const endShape = z.object({ answers: z.int() })

const entriesInOneStepMax = 2_000

/** The first line of a history. */
export const historyHead = (campaignId: string): string => `${JSON.stringify({ history: 1, campaignId })}\n`
/** One answer. */
export const historyLine = (userId: string, slot: number, told: Told): string =>
  `${JSON.stringify([userId, slot, told])}\n`
/** The last line. */
export const historyEnd = (answers: number): string => `${JSON.stringify({ answers })}\n`

const refused = (path: string, what: string): Failure =>
  new Failure('refused', `${path} is no history of a load run: ${what}`)

const readLines = async function* (path: string): AsyncGenerator {
  const input = createReadStream(path)
  const lines = createInterface({ input, crlfDelay: Infinity })
  try {
    for await (const line of lines) yield JSON.parse(line)
  } catch (cause) {
    throw refused(path, messageOf(cause))
  } finally {
    lines.close()
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

/** Opens a history. Throws `refused` when it is none. */
export const openHistory = async (path: string): Promise<History> => ({
  campaignId: await readHead(path),
  size: (await stat(path)).size,
  async *entries() {
    let entries: BookEntry[] = []
    let answers = -1
    let ended: number | undefined
    for await (const document of readLines(path)) {
      answers += 1
      if (answers === 0) continue
      const parsed = answerShape.safeParse(document)
      if (!parsed.success) {
        ended = endShape.safeParse(document).data?.answers
        if (ended !== answers - 1) throw refused(path, `line ${answers + 1} is no answer`)
        continue
      }
      const [userId, slot, told] = parsed.data
      entries.push({ book: 'clients', userId, slot, told })
      if (entries.length < entriesInOneStepMax) continue
      yield entries
      entries = []
    }
    yield entries
    if (ended === undefined || ended !== answers - 1)
      throw refused(path, 'its end is missing; the run did not end')
  },
})
