import { type Coupon, createClient } from '../../client/shopper-client.ts'
import { fill } from '../texts/button-texts.ts'
import { pageTexts } from '../texts/page-texts.ts'
import { worthText } from '../texts/worth-text.ts'
import { forgetToken, keptToken } from './sign-in.ts'

// The list of /me/coupons. A shop calls the redemption from its own checkout; here an order is made up.

const language = document.documentElement.lang === 'ko' ? 'ko' : 'en'
const [list, state, more] = [
  document.querySelector<HTMLUListElement>('#coupons'),
  document.querySelector<HTMLElement>('#state'),
  document.querySelector<HTMLButtonElement>('#more'),
]
const retryMs = 3_000
const confirmingMs = 1_500
const orderKey = (couponId: string): string => `firstcome:order:${couponId}`

let token = keptToken()
let cursor: string | null = null
const client = createClient({ url: location.origin, token: () => token ?? '' })

const say = (text: { en: string; ko: string }, values: Record<string, string | number> = {}): string =>
  fill(text[language], values)
const dateOf = (time: string): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(time))
const announce = (text: string): void => {
  if (state !== null) state.textContent = text
}

const line = (text: string, className = ''): HTMLElement => {
  const element = document.createElement('div')
  element.textContent = text
  if (className !== '') element.className = className
  return element
}

const buttonFor = (text: string, act: () => Promise<unknown>): HTMLButtonElement => {
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = text
  button.addEventListener('click', () => {
    act().then(
      () => void load(null),
      (cause: unknown) => announce(cause instanceof Error ? cause.message : String(cause)),
    )
  })
  return button
}

const item = (coupon: Coupon): HTMLLIElement => {
  const row = document.createElement('li')
  const word = pageTexts.couponState[coupon.state][language]
  row.append(
    line(`${coupon.title} · ${worthText(coupon.discount, language)}`),
    line(
      `${word} · ${say(pageTexts.number, { rank: coupon.rank })} · ${say(pageTexts.until, { time: dateOf(coupon.usableUntil) })}`,
      'dim',
    ),
  )
  if (coupon.state === 'usable')
    row.append(
      buttonFor(say(pageTexts.use), () => {
        // One order for one coupon, also when the answer is lost and this is pressed again.
        const order = sessionStorage.getItem(orderKey(coupon.id)) ?? crypto.randomUUID()
        sessionStorage.setItem(orderKey(coupon.id), order)
        return client.redeem(coupon.id, order)
      }),
    )
  const order = sessionStorage.getItem(orderKey(coupon.id))
  if (coupon.state === 'redeemed' && order !== null)
    row.append(
      buttonFor(say(pageTexts.giveBack), async () => {
        await client.giveBack(coupon.id, order)
        sessionStorage.removeItem(orderKey(coupon.id))
      }),
    )
  return row
}

let timer: ReturnType<typeof setTimeout> | undefined

/** Loads the list again, or the page behind `from`. What cannot be read is asked for again. */
const load = async (from: string | null): Promise<void> => {
  clearTimeout(timer)
  if (token === undefined) return announce(say(pageTexts.couponsSignIn))
  try {
    const page = await client.listUsableCoupons({ state: 'all', cursor: from })
    if (from === null) list?.replaceChildren()
    list?.append(...page.items.map(item))
    cursor = page.nextCursor
    if (more !== null) more.hidden = cursor === null
    const isEmpty = list?.childElementCount === 0
    announce(page.complete ? (isEmpty ? say(pageTexts.noCoupons) : '') : say(pageTexts.incomplete))
    const isSettling = page.items.some(({ state: own }) => own === 'confirming') || !page.complete
    if (isSettling && from === null) timer = setTimeout(() => void load(null), confirmingMs)
  } catch (cause) {
    if ((cause as { code?: string }).code === 'unauthorized') {
      // It has expired: no further try is better.
      token = undefined
      forgetToken()
      return announce(say(pageTexts.couponsSignIn))
    }
    announce(say(pageTexts.unreadable))
    timer = setTimeout(() => void load(from), retryMs)
  }
}

more?.addEventListener('click', () => void load(cursor))
document.addEventListener('firstcome-token', (event) => {
  token = (event as CustomEvent<string>).detail
  void load(null)
})
void load(null)
