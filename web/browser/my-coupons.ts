import { type Coupon, createClient } from '../../client/shopper-client.ts'
import { pageTexts } from '../texts/page-texts.ts'
import { createCouponRows } from './coupon-row.ts'
import { forgetOrder, makeOrderUp, orderOf } from './made-up-orders.ts'
import { forgetToken, keptToken } from './sign-in.ts'

// The list of /me/coupons. A shop calls the redemption from its own checkout; here an order is made up.

const language = document.documentElement.lang === 'ko' ? 'ko' : 'en'
const [list, state, more] = [
  document.querySelector<HTMLUListElement>('#coupons'),
  document.querySelector<HTMLElement>('#state'),
  document.querySelector<HTMLButtonElement>('#more'),
]
const retryMs = 3_000
const settlingMs = 1_500
const recordedWithinMs = 60_000

let token = keptToken()
let cursor: string | null = null
const rows = new Map<string, HTMLLIElement>()
const connection = { url: location.origin, token: () => token ?? '' }
const client = createClient(connection)
/** It tells at once that a coupon has no row yet. */
const impatient = createClient({ ...connection, attemptsMax: 1 })

const codeOf = (cause: unknown): string | undefined => (cause as { code?: string }).code
const announce = (text: { en: string; ko: string } | undefined): void => {
  if (state !== null) state.textContent = text?.[language] ?? ''
}
const clear = (): void => {
  rows.clear()
  list?.replaceChildren()
}

/** Puts a row where that of the same coupon is, or behind `before`; at the end without one. */
const place = (coupon: Coupon, before: Element | null | undefined): HTMLLIElement => {
  const row = rowOf(coupon)
  const old = rows.get(coupon.id)
  const hadFocus = old?.contains(document.activeElement) === true
  if (old !== undefined) old.replaceWith(row)
  else if (before === undefined) list?.append(row)
  else if (before === null) list?.prepend(row)
  else before.after(row)
  rows.set(coupon.id, row)
  if (hadFocus) (row.querySelector('button') ?? row).focus()
  return row
}

/** Repeats what needs a row of the coupon, until it has one. */
const whenRecorded = async (coupon: Coupon, act: () => Promise<unknown>): Promise<void> => {
  const untilMs = performance.now() + recordedWithinMs
  for (;;) {
    try {
      await act()
      return
    } catch (cause) {
      if (codeOf(cause) !== 'not-recorded-yet' || performance.now() > untilMs) throw cause
      announce(pageTexts.recording)
      rows.get(coupon.id)?.setAttribute('data-recording', '')
      await new Promise((done) => setTimeout(done, settlingMs))
    }
  }
}
/** Does something with a coupon, and shows what it is then. */
const change = async (
  coupon: Coupon,
  act: () => Promise<unknown>,
  done: { en: string; ko: string },
): Promise<void> => {
  announce(pageTexts.working)
  try {
    await whenRecorded(coupon, act)
    announce(done)
  } catch (cause) {
    if (codeOf(cause) === 'unauthorized') return signOut()
    // It was used for another order, and this one is none.
    if (codeOf(cause) === 'already-redeemed') forgetOrder(coupon.id)
    announce(pageTexts.failed)
  }
  const next = await client.coupon(coupon.id).catch(() => undefined)
  if (next !== undefined) place(next, undefined)
}

const rowOf = createCouponRows(language, {
  use: (coupon) => {
    const order = makeOrderUp(coupon.id)
    return change(coupon, () => impatient.redeem(coupon.id, order), pageTexts.used)
  },
  giveBack: (coupon) =>
    change(
      coupon,
      async () => {
        await client.giveBack(coupon.id, orderOf(coupon.id) ?? '')
        forgetOrder(coupon.id)
      },
      pageTexts.givenBack,
    ),
})

const signOut = (): void => {
  token = undefined
  forgetToken()
  clear()
  announce(pageTexts.couponsSignIn)
}

let timer: ReturnType<typeof setTimeout> | undefined

/** Loads the first page again, or the page behind `from`. What cannot be read is asked for again. */
const load = async (from: string | null): Promise<void> => {
  clearTimeout(timer)
  const asked = token
  if (asked === undefined) return announce(pageTexts.couponsSignIn)
  try {
    const page = await client.listUsableCoupons({ state: 'all', cursor: from })
    if (asked !== token) return
    let before: Element | null | undefined = from === null ? null : undefined
    for (const coupon of page.items) {
      const row = place(coupon, before)
      if (from === null) before = row
    }
    // A first page that is read again changes nothing about the pages behind it.
    if (from !== null || cursor === null) cursor = page.nextCursor
    if (more !== null) more.hidden = cursor === null
    announce(page.complete ? (rows.size === 0 ? pageTexts.noCoupons : undefined) : pageTexts.incomplete)
    const isSettling = page.items.some(({ state: own }) => own === 'confirming') || !page.complete
    if (isSettling && from === null) timer = setTimeout(() => void load(null), settlingMs)
  } catch (cause) {
    // It has expired: no further try is better.
    if (codeOf(cause) === 'unauthorized') return signOut()
    announce(pageTexts.unreadable)
    timer = setTimeout(() => void load(from), retryMs)
  }
}

more?.addEventListener('click', () => void load(cursor))
document.addEventListener('firstcome-token', (event) => {
  const { detail } = event as CustomEvent<string>
  // Another person sees nothing of the one before.
  if (detail !== token) {
    clear()
    cursor = null
  }
  token = detail
  void load(null)
})
// A page that the browser kept while another was shown is as old as that.
window.addEventListener('pageshow', ({ persisted }) => {
  if (persisted) void load(null)
})
void load(null)
