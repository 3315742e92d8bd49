import { setTimeout as wait } from 'node:timers/promises'
import { ApiError, type CouponList, createClient, type ShopperClient } from '../../client/shopper-client.ts'
import type { Check } from '../../coupon/audit/compare/check.ts'
import { createCheckTally } from '../../coupon/audit/compare/check-tally.ts'

/** A request about a coupon that was won, over all its attempts. */
export type UseAnswer = { answer: { outcome: string }; latencyMs: number }

/** A coupon that its shopper was shown. */
export type WonCoupon = { couponId: string; token: string }

export type SteadyUsesOptions = {
  /** Origin of the API. */
  url: string
  now(): number
  perSecond: number
  /** The next coupon that is redeemed, if there is one. */
  next(): WonCoupon | undefined
  /** No further coupon is redeemed once it is over. */
  isOver(): boolean
}

export type SteadyUses = { coupons: number; answers: UseAnswer[]; checks: Check[] }

const tickMs = 10
// Every tenth coupon is wanted by two orders at once, and every fifth is given back.
const [contestedEvery, returnedEvery] = [10, 5]
// A source of a list that is overloaded is left alone for a moment.
const [listsMax, againMs] = [5, 500]
const conflict = 'already-redeemed'

/** Lets winners redeem at a steady rate. Some give back, and everybody looks at their list afterwards. */
export const runSteadyUses = async (options: SteadyUsesOptions): Promise<SteadyUses> => {
  const { url, now, perSecond, next, isOver } = options
  const answers: UseAnswer[] = []
  const oneOrder = createCheckTally('used-as-told', 'a coupon is used by one order, also of two at once')
  const listed = createCheckTally('used-as-told', 'a list shows a coupon while it is not redeemed')

  /** Resolves with the value, or with nothing when it was refused with the code of `outcome`. */
  const timed = async <Value>(name: string, ask: () => Promise<Value>) => {
    const sentMs = now()
    const note = (outcome: string): void =>
      void answers.push({ answer: { outcome }, latencyMs: now() - sentMs })
    try {
      const value = await ask()
      note(name)
      return { value, outcome: name }
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause
      note(cause.code)
      return { value: undefined, outcome: cause.code }
    }
  }
  /** A list that is not complete is asked for again, as a person does. */
  const readWholeList = async (shopper: ShopperClient): Promise<CouponList | undefined> => {
    for (let attempt = 1; ; attempt += 1) {
      const { value: list } = await timed('list', () => shopper.listUsableCoupons())
      if (list?.complete === true || attempt === listsMax) return list
      await wait(againMs)
    }
  }
  const use = async ({ couponId, token }: WonCoupon, number: number): Promise<void> => {
    const shopper = createClient({ url, token })
    const orders = number % contestedEvery === 0 ? ['one', 'other'] : ['one']
    const redeemed = await Promise.all(
      orders.map(async (order) => {
        const orderId = `${couponId}-${order}`
        return { orderId, ...(await timed('redeemed', () => shopper.redeem(couponId, orderId))) }
      }),
    )
    const used = redeemed.filter(({ value }) => value !== undefined)
    const isDecided = redeemed.every(({ outcome }) => outcome === 'redeemed' || outcome === conflict)
    oneOrder.looked()
    const example = (): string => `${couponId}: ${redeemed.map(({ outcome }) => outcome).join(', ')}`
    if (!isDecided) oneOrder.inFlight(example)
    else if (used.length !== 1) oneOrder.broken(example)
    const [{ orderId } = { orderId: '' }] = used
    if (!isDecided || orderId === '') return

    const isReturned = number % returnedEvery === 1
    if (isReturned) {
      const { outcome } = await timed('given back', () => shopper.giveBack(couponId, orderId))
      if (outcome !== 'given back') return listed.inFlight(() => `${couponId}: ${outcome}`)
    }
    const list = await readWholeList(shopper)
    listed.looked()
    if (list?.complete !== true) listed.inFlight(() => `${couponId}: no complete list`)
    else if (list.items.some(({ id }) => id === couponId) !== isReturned)
      listed.broken(() => `${couponId} was ${isReturned ? 'given back' : 'redeemed'}, and its list differs`)
  }

  const underWay: Promise<void>[] = []
  const fromMs = now()
  for (let due = 0; !isOver(); await wait(tickMs))
    // What found no coupon is not made up for later: the rate stays steady.
    for (; due < ((now() - fromMs) / 1_000) * perSecond; due += 1) {
      const coupon = next()
      if (coupon !== undefined) underWay.push(use(coupon, underWay.length))
    }
  await Promise.all(underWay)
  return { coupons: underWay.length, answers, checks: [oneOrder.check(), listed.check()] }
}
