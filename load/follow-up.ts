import { setTimeout as wait } from 'node:timers/promises'
import type { ApiClient } from './api-client.ts'
import type { ClientsBook } from './clients-book.ts'
import { inParallel } from './in-parallel.ts'

export type FollowUpOptions = {
  api: Pick<ApiClient, 'press' | 'outcome'>
  campaignId: string
  tokenOf(shopper: number): string
  /** Rounds at the most, and no new one after this long; who is open then stays open. */
  roundsMax: number
  limitMs: number
  now(): number
  /** The longest wait before a round, whatever Retry-After says. */
  waitMaxMs: number
}

// A server that does not say when to come back is left alone for this long.
const waitMinMs = 100
const concurrency = 64

/**
 * Does what a shopper does whose answer leaves it open: waits as long as was asked, then asks what came of the press (after no
 * answer, and while it is pending) or presses again (after 503, and after the word that nothing was granted).
 * Returns how many shoppers had to.
 */
export const followUp = async (book: ClientsBook, options: FollowUpOptions): Promise<number> => {
  const { api, campaignId, now } = options
  const endMs = now() + options.limitMs
  let open = book.open()
  const shoppers = open.length
  for (let round = 0; round < options.roundsMax && open.length > 0 && now() < endMs; round += 1) {
    const askedMs = open.reduce((longest, { answer }) => Math.max(longest, answer.retryAfterMs), waitMinMs)
    await wait(Math.min(askedMs, options.waitMaxMs))
    await inParallel(open, concurrency, async ({ shopper, answer }) => {
      const act = answer.next === 'press' ? api.press : api.outcome
      book.add(shopper, await act(campaignId, options.tokenOf(shopper)))
    })
    open = book.open()
  }
  return shoppers
}

/**
 * Lets up to `repeatsMax` of `count` shoppers, evenly spread, press once more: a winner has to be shown the same coupon, a loser
 * the same no. Returns how many did.
 */
export const pressAgain = async (
  book: ClientsBook,
  count: number,
  options: Pick<FollowUpOptions, 'api' | 'campaignId' | 'tokenOf'> & { repeatsMax: number },
): Promise<number> => {
  const step = Math.ceil(count / options.repeatsMax)
  const shoppers = Array.from({ length: Math.ceil(count / step) }, (_, index) => index * step)
  await inParallel(shoppers, concurrency, async (shopper) => {
    book.add(shopper, await options.api.press(options.campaignId, options.tokenOf(shopper)))
  })
  return shoppers.length
}
