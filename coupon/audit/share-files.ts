import { type FileHandle, mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { GateWinner } from '../gate/gate-surveyor.ts'
import { shareOf } from './compare/comparison.ts'
import type { LedgerRow, Logged, Told } from './compare/identity.ts'

/** Whatever a book says of one user and slot. */
export type BookEntry =
  | { book: 'gate'; won: GateWinner }
  | { book: 'log'; record: Logged }
  | { book: 'ledger'; row: LedgerRow }
  | { book: 'clients'; userId: string; slot: number; told: Told }

/**
 * Sorts entries of all books by share of users into files, so that each book is read once, in its own order, and only one share is
 * in memory at a time. A million grants take some 300 MB of disk for as long as the audit runs.
 */
export type ShareFiles = {
  add(entries: Iterable<BookEntry>): Promise<void>
  /** The entries of one share, those of one book in the order in which they were added. After the last `add`. */
  read(share: number): Promise<Iterable<BookEntry>>
  remove(): Promise<void>
}

const bytesWaitingMax = 65_536
const flagsOf = ({ isLate, isPassed, isBeforeGate }: Logged): number =>
  (isLate ? 1 : 0) + (isPassed ? 2 : 0) + (isBeforeGate ? 4 : 0)

/** Ids of users hold no such character; a row that was changed by hand may. */
const oneField = (text: string): string => (/[\t\n]/.test(text) ? text.replaceAll(/[\t\n]/g, '?') : text)

const lineOf = (entry: BookEntry): string => {
  switch (entry.book) {
    case 'gate': {
      const { couponId, userId, slot, rank, number } = entry.won
      return `G\t${oneField(userId)}\t${slot}\t${oneField(couponId)}\t${rank}\t${number}\n`
    }
    case 'log': {
      const { couponId, userId, slot, rank, epoch } = entry.record
      return `R\t${userId}\t${slot}\t${couponId}\t${rank}\t${epoch}\t${flagsOf(entry.record)}\n`
    }
    case 'ledger': {
      const { couponId, userId, slot, rank, epoch } = entry.row
      return `L\t${oneField(userId)}\t${slot}\t${couponId}\t${rank}\t${epoch}\n`
    }
    case 'clients':
      return `C\t${entry.userId}\t${entry.slot}\t${JSON.stringify(entry.told)}\n`
  }
}

const entryOf = (campaignId: string, line: string): BookEntry => {
  const [book, userId = '', slotText, fourth = '', rank, fifth, flagsText] = line.split('\t')
  const slot = Number(slotText)
  if (book === 'C') return { book: 'clients', userId, slot, told: JSON.parse(fourth) as Told }
  const coupon = { couponId: fourth, campaignId, userId, slot, rank: Number(rank) }
  if (book === 'G') return { book: 'gate', won: { ...coupon, number: Number(fifth) } }
  const row = { ...coupon, epoch: Number(fifth) }
  if (book === 'L') return { book: 'ledger', row }
  const flags = Number(flagsText)
  const record = { ...row, isLate: (flags & 1) > 0, isPassed: (flags & 2) > 0, isBeforeGate: (flags & 4) > 0 }
  return { book: 'log', record }
}

const userOf = (entry: BookEntry): string => {
  switch (entry.book) {
    case 'gate':
      return entry.won.userId
    case 'log':
      return entry.record.userId
    case 'ledger':
      return entry.row.userId
    case 'clients':
      return entry.userId
  }
}

const entriesIn = function* (campaignId: string, text: string): Generator<BookEntry> {
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from)
    yield entryOf(campaignId, text.slice(from, end))
    from = end + 1
  }
}

/** Files for `shares` shares of one campaign, in a folder of their own below `folder`. */
export const createShareFiles = async (
  folder: string,
  campaignId: string,
  shares: number,
): Promise<ShareFiles> => {
  const own = await mkdtemp(join(folder, 'firstcome-audit-'))
  const files: FileHandle[] = []
  const waiting = new Array<string>(shares).fill('')
  const pathOf = (share: number): string => join(own, String(share))
  for (let share = 0; share < shares; share += 1) files.push(await open(pathOf(share), 'a'))

  let writing: Promise<unknown> = Promise.resolve()
  /** One write after the other: two books are added side by side. */
  const write = async (share: number): Promise<void> => {
    const text = waiting[share] ?? ''
    waiting[share] = ''
    writing = writing.then(() => files[share]?.appendFile(text))
    await writing
  }

  return {
    async add(entries) {
      for (const entry of entries) {
        const share = shareOf(userOf(entry), shares)
        waiting[share] += lineOf(entry)
      }
      for (const [share, text] of waiting.entries()) if (text.length > bytesWaitingMax) await write(share)
    },
    async read(share) {
      await write(share)
      return entriesIn(campaignId, await readFile(pathOf(share), 'utf8'))
    },
    async remove() {
      for (const file of files) await file.close()
      await rm(own, { recursive: true, force: true })
    },
  }
}
