import type { Answer } from './answer.ts'

/** A request of a shopper: pressing, or asking for the outcome of a press. */
export type ShopperAct = 'press' | 'outcome'

export type PersistentShoppersOptions = {
  /** Requests in flight, at most. */
  concurrency: number
  /** Sends one request. Must not reject. */
  ask(shopper: number, act: ShopperAct): Promise<Answer>
  /** A new shopper who presses, taken whenever a request may be sent and no returning shopper is due. */
  newcomer?(): number | undefined
  /** Called for each shopper who stops without a final answer. */
  onGaveUp?(shopper: number): void
  /** Nobody waits longer before the next request, whatever Retry-After says. */
  waitMaxMs?: number
  /** A random number from 0 to below 1; without it everybody acts alike. */
  random?(): number
}

/** Shoppers who press, and then ask or press again until their answer is final. */
export type PersistentShoppers = {
  /** The shopper sends `act` after `delayMs`, as soon as fewer than `concurrency` requests are in flight. */
  start(shopper: number, act: ShopperAct, delayMs?: number): void
  /** Takes newcomers while requests may be sent. */
  admit(): void
  /** Shoppers without a final answer. */
  count(): number
  inFlight(): number
  /**
   * Resolves when everybody has a final answer. After `limitMs` the others give up; their last request is
   * awaited.
   */
  settle(limitMs: number): Promise<void>
}

type Visit = { shopper: number; act: ShopperAct }

// The least wait, also when the API names none.
const waitMinMs = 100

/** The wait that an answer asks for, within bounds. */
export const waitMsAfter = ({ retryAfterMs }: Answer, waitMaxMs: number): number =>
  Math.min(Math.max(retryAfterMs, waitMinMs), waitMaxMs)

/** Nobody has started. */
export const createPersistentShoppers = (options: PersistentShoppersOptions): PersistentShoppers => {
  const { concurrency, ask, waitMaxMs = 5_000, random } = options
  const resting = new Map<number, NodeJS.Timeout>()
  let due: Visit[] = []
  let dueNext = 0
  let inFlight = 0
  let isOver = false
  let onSettled = (): void => {}
  const count = (): number => resting.size + due.length - dueNext + inFlight

  const takeDue = (): Visit | undefined => {
    const visit = due[dueNext]
    if (visit !== undefined) dueNext += 1
    else [due, dueNext] = [[], 0]
    return visit
  }
  const takeNewcomer = (): Visit | undefined => {
    const shopper = options.newcomer?.()
    return shopper === undefined ? undefined : { shopper, act: 'press' }
  }
  const dispatch = (): void => {
    while (inFlight < concurrency) {
      const visit = takeDue() ?? takeNewcomer()
      if (visit === undefined) break
      void send(visit)
    }
    if (count() === 0) onSettled()
  }
  const start = (shopper: number, act: ShopperAct, delayMs = 0): void => {
    const come = (): void => {
      resting.delete(shopper)
      due.push({ shopper, act })
      dispatch()
    }
    // A timer may fire a millisecond early.
    resting.set(shopper, setTimeout(come, Math.ceil(delayMs) + 1))
  }
  const send = async ({ shopper, act }: Visit): Promise<void> => {
    inFlight += 1
    const answer = await ask(shopper, act)
    inFlight -= 1
    if (answer.next !== 'nothing' && isOver) options.onGaveUp?.(shopper)
    else if (answer.next !== 'nothing') goOn(shopper, answer)
    dispatch()
  }
  const goOn = (shopper: number, answer: Answer): void => {
    // A person without an answer presses again as often as they ask for the outcome.
    const pressesAnyway = answer.meaning.kind === 'unknown' && random !== undefined && random() < 0.5
    // Randomly up to half as long again: people do not return all at once.
    const delayMs = waitMsAfter(answer, waitMaxMs) * (1 + (random?.() ?? 0) / 2)
    start(shopper, answer.next === 'press' || pressesAnyway ? 'press' : 'outcome', delayMs)
  }
  const giveUp = (): void => {
    isOver = true
    for (const timer of resting.values()) clearTimeout(timer)
    for (const shopper of [...resting.keys(), ...due.slice(dueNext).map((visit) => visit.shopper)])
      options.onGaveUp?.(shopper)
    resting.clear()
    due = []
    dueNext = 0
    if (inFlight === 0) onSettled()
  }

  return {
    start,
    count,
    admit: dispatch,
    inFlight: () => inFlight,
    async settle(limitMs) {
      const { promise, resolve } = Promise.withResolvers<void>()
      onSettled = resolve
      const timer = setTimeout(giveUp, limitMs)
      if (count() > 0) await promise
      clearTimeout(timer)
      isOver = false
    },
  }
}
