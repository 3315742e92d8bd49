import { setTimeout as wait } from 'node:timers/promises'
import type { Answer } from './answer.ts'
import type { ApiClient } from './api-client.ts'

/** Somebody whose answer leaves it open. */
export type OpenShopper = { shopper: number; token: string; answer: Answer }

export type FollowUpOptions = {
  api: ApiClient
  campaignId: string
  open: OpenShopper[]
  /** Told of every further answer, in order for each shopper. */
  onAnswer(shopper: number, answer: Answer): void
  concurrency: number
  roundsMax: number
  /** The longest wait before a round, whatever Retry-After says. */
  waitMaxMs: number
}

// A server that says nothing about when to come back is left alone for this long.
const waitMinMs = 100

const inParallel = async <Item>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item) => Promise<void>,
) => {
  const queue = items.values()
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker))
}

/**
 * Does what a shopper does whose answer leaves it open: waits as long as was asked, then asks what came of the press (after no answer, and
 * while it is pending) or presses again (after 503, or after the word that nothing was granted). Goes in rounds, at most `roundsMax`.
 */
export const followUp = async (options: FollowUpOptions): Promise<void> => {
  const { api, campaignId } = options
  let { open } = options
  for (let round = 0; round < options.roundsMax && open.length > 0; round += 1) {
    const askedMs = open.reduce((longest, { answer }) => Math.max(longest, answer.retryAfterMs), waitMinMs)
    await wait(Math.min(askedMs, options.waitMaxMs))
    const stillOpen: OpenShopper[] = []
    await inParallel(open, options.concurrency, async ({ shopper, token, answer }) => {
      const act = answer.next === 'press' ? api.press : api.outcome
      const next = await act(campaignId, token)
      options.onAnswer(shopper, next)
      if (next.next !== 'nothing') stillOpen.push({ shopper, token, answer: next })
    })
    open = stillOpen
  }
}
