import { setTimeout as wait } from 'node:timers/promises'
import type { ApiClient } from './api-client.ts'
import type { AnswerHistory, OpenAnswer } from './answer-history.ts'
import { inParallel } from './in-parallel.ts'

type AskOptions = {
  api: Pick<ApiClient, 'press' | 'outcome'>
  campaignId: string
  tokenOf(shopper: number): string
  /** The clock of the book. */
  now(): number
}

export type FollowUpOptions = AskOptions & {
  /** Nobody asks again after this long; who is open then stays open. */
  limitMs: number
  /** The longest that anybody waits, whatever Retry-After says. */
  waitMaxMs: number
}

// A server that does not say when to come back is left alone for this long.
const waitMinMs = 100
const concurrency = 64

const ask = async (
  book: AnswerHistory,
  shopper: number,
  act: 'press' | 'outcome',
  { api, campaignId, tokenOf, now }: AskOptions,
): Promise<void> => {
  const sentMs = now()
  const answer = await api[act](campaignId, tokenOf(shopper))
  book.add(shopper, answer, { sentMs, answeredMs: now() })
}

/**
 * Does what shoppers do whose answer leaves it open: each waits as long as was asked, then asks what came of the press (after no
 * answer, and while it is pending) or presses again (after 503, and after the word that nothing was granted).
 * Returns how many shoppers had to.
 */
export const followUp = async (book: AnswerHistory, options: FollowUpOptions): Promise<number> => {
  const { now, waitMaxMs } = options
  const endMs = now() + options.limitMs
  const dueMs = ({ answer, answeredMs }: OpenAnswer): number =>
    answeredMs + Math.min(Math.max(answer.retryAfterMs, waitMinMs), waitMaxMs)
  const shoppers = book.open().length
  for (;;) {
    const open = book.open()
    const nowMs = now()
    if (open.length === 0 || nowMs >= endMs) return shoppers
    const due = open.filter((one) => dueMs(one) <= nowMs)
    if (due.length === 0) {
      const nextMs = open.reduce((earliest, one) => Math.min(earliest, dueMs(one)), endMs)
      await wait(Math.ceil(nextMs - nowMs))
    } else
      await inParallel(due, concurrency, ({ shopper, answer }) =>
        ask(book, shopper, answer.next === 'press' ? 'press' : 'outcome', options),
      )
  }
}

/**
 * Lets up to `repeatsMax` of `count` shoppers, evenly spread, press once more: a winner has to be shown the same coupon, a loser
 * the same no. Returns how many did.
 */
export const pressAgain = async (
  book: AnswerHistory,
  count: number,
  options: AskOptions & { repeatsMax: number },
): Promise<number> => {
  const step = Math.ceil(count / options.repeatsMax)
  const shoppers = Array.from({ length: Math.ceil(count / step) }, (_, index) => index * step)
  await inParallel(shoppers, concurrency, (shopper) => ask(book, shopper, 'press', options))
  return shoppers.length
}
