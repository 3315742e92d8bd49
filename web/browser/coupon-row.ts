import type { Coupon } from '../../client/shopper-client.ts'
import { fill } from '../texts/button-texts.ts'
import type { Language } from '../texts/language.ts'
import { pageTexts } from '../texts/page-texts.ts'
import { createPlaceText } from '../texts/place-text.ts'
import { worthText } from '../texts/worth-text.ts'
import { orderOf } from './made-up-orders.ts'

/** What a person can do with a coupon in the list. */
export type CouponActions = { use(coupon: Coupon): Promise<void>; giveBack(coupon: Coupon): Promise<void> }

const line = (tag: string, text: string, className: string): HTMLElement => {
  const element = document.createElement(tag)
  element.textContent = text
  element.className = className
  return element
}

/** Writes rows of the list. */
export const createCouponRows = (language: Language, actions: CouponActions) => {
  const placeOf = createPlaceText(language)
  const date = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' })

  const buttonFor = (text: string, act: () => Promise<void>): HTMLButtonElement => {
    const button = document.createElement('button')
    button.type = 'button'
    button.textContent = text
    button.addEventListener('click', () => {
      // It is never `disabled`, which would take the focus away.
      if (button.getAttribute('aria-disabled') === 'true') return
      button.setAttribute('aria-disabled', 'true')
      void act().finally(() => button.removeAttribute('aria-disabled'))
    })
    return button
  }

  return (coupon: Coupon): HTMLLIElement => {
    const { id, title, discount, state, rank, usableUntil } = coupon
    const row = document.createElement('li')
    row.tabIndex = -1
    row.dataset['state'] = state
    const until = fill(pageTexts.until[language], { time: date.format(new Date(usableUntil)) })
    row.append(
      line('span', pageTexts.couponState[state][language], 'badge'),
      line('strong', worthText(discount, language), ''),
      line('span', title, ''),
      line('span', `${placeOf(rank)} · ${until}`, 'dim'),
    )
    if (state === 'usable') row.append(buttonFor(pageTexts.use[language], () => actions.use(coupon)))
    if (state === 'redeemed' && orderOf(id) !== undefined)
      row.append(buttonFor(pageTexts.giveBack[language], () => actions.giveBack(coupon)))
    return row
  }
}
