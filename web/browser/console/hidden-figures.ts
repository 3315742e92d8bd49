const key = 'firstcome:figures'

/** Whether the figures of sales are hidden, for a screen that others see. The tab remembers it. */
export const areFiguresHidden = (): boolean => sessionStorage.getItem(key) === 'hidden'

export const hideFigures = (isHidden: boolean): void => {
  if (isHidden) sessionStorage.setItem(key, 'hidden')
  else sessionStorage.removeItem(key)
}

/** A part of a whole in percent, rounded down: 100 is all of it, 0 nothing, and `below` less than one. */
export const wholePercentOf = (part: number, whole: number): number | 'below' => {
  if (part <= 0 || whole <= 0) return 0
  const percent = Math.floor((100 * part) / whole)
  return percent === 0 ? 'below' : percent
}

/** A text of the server without its numbers: nobody knows which of them count coupons or money. */
export const withoutNumbers = (text: string, mark: string): string =>
  text.replaceAll(/\d(?:[\d.,]*\d)?/g, mark)
