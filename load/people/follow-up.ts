import type { AnswerHistory } from './answer-history.ts'
import type { ApiClient } from './api-client.ts'
import { inParallel } from './in-parallel.ts'
import { createPersistentShoppers, type ShopperAct, waitMsAfter } from './persistent-shoppers.ts'

type AskOptions = {
  api: Pick<ApiClient, 'press' | 'outcome'>
  campaignId: string
  tokenOf(shopper: number): string
  /** The clock of the history. */
  now(): number
}

export type FollowUpOptions = AskOptions & {
  /** Shoppers without a final answer by then give up. */
  limitMs: number
  /** Nobody waits longer before the next request, whatever Retry-After says. */
  waitMaxMs: number
}

const concurrency = 64

const askOnce = async (
  history: AnswerHistory,
  shopper: number,
  act: ShopperAct,
  { api, campaignId, tokenOf, now }: AskOptions,
) => {
  const sentMs = now()
  const answer = await api[act](campaignId, tokenOf(shopper))
  history.add(shopper, answer, { sentMs, answeredMs: now() })
  return answer
}

/**
 * Lets shoppers without a final answer go on. Each waits as long as the answer asks for. Then they ask for
 * the outcome after no answer and while it is pending, and press again after 503 and when nothing was
 * granted. Resolves with the number of these shoppers.
 */
export const followUp = async (history: AnswerHistory, options: FollowUpOptions): Promise<number> => {
  const { now, waitMaxMs, limitMs } = options
  const open = history.open()
  const shoppers = createPersistentShoppers({
    concurrency,
    waitMaxMs,
    ask: (shopper, act) => askOnce(history, shopper, act, options),
  })
  for (const { shopper, answer, answeredMs } of open)
    shoppers.start(
      shopper,
      answer.next === 'press' ? 'press' : 'outcome',
      answeredMs + waitMsAfter(answer, waitMaxMs) - now(),
    )
  await shoppers.settle(limitMs)
  return open.length
}

/** Up to `countMax` of `count` shoppers, evenly spread. */
export const evenlySpread = (count: number, countMax: number): number[] => {
  const step = Math.max(1, Math.ceil(count / countMax))
  return Array.from({ length: Math.ceil(count / step) }, (_, index) => index * step)
}

/**
 * Lets up to `repeatsMax` of `count` shoppers, evenly spread, press once more. A winner has to be shown the
 * same coupon, a loser the same rejection. Resolves with how many pressed.
 */
export const pressAgain = async (
  history: AnswerHistory,
  count: number,
  options: AskOptions & { repeatsMax: number },
): Promise<number> => {
  const shoppers = evenlySpread(count, options.repeatsMax)
  await inParallel(shoppers, concurrency, async (shopper) => {
    await askOnce(history, shopper, 'press', options)
  })
  return shoppers.length
}
