import type { Discount } from '../../../client/contract-types.ts'
import { ApiError } from '../../../client/operator-client.ts'
import { fill } from '../../texts/button-texts.ts'
import { campaignTexts } from '../../texts/campaign-texts.ts'
import { consoleTexts } from '../../texts/console-texts.ts'
import { figureTexts } from '../../texts/figure-texts.ts'
import type { Wording } from '../../texts/language.ts'
import { liveTexts } from '../../texts/live-texts.ts'
import { worthText } from '../../texts/worth-text.ts'
import { areFiguresHidden, wholePercentOf, withoutNumbers } from './hidden-figures.ts'

/** The language of the page. */
export const language = document.documentElement.lang === 'ko' ? 'ko' : 'en'

export const tell = (text: Wording, values: Readonly<Record<string, string | number>> = {}): string =>
  fill(text[language], values)

const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 })
const percent = new Intl.NumberFormat(language, { style: 'percent' })
const tenths = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const moment = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' })

/** A number that is not of a sale: a version, milliseconds. What is unknown says so and is never 0. */
export const plainText = (value: number | null | undefined): string =>
  value == null ? tell(consoleTexts.unknown) : whole.format(value)

/** A figure of a sale, which can be hidden: every count of coupons, people and presses is written by it. */
export const countText = (value: number | null | undefined): string =>
  value != null && areFiguresHidden() ? tell(figureTexts.hidden) : plainText(value)

/** A figure of a sale that is a part of another one. While figures are hidden its share is shown. */
export const partText = (value: number | null | undefined, of: number | null | undefined): string => {
  if (value == null || of == null || !areFiguresHidden()) return countText(value)
  const share = wholePercentOf(value, of)
  return share === 'below' ? tell(figureTexts.below) : tell(figureTexts.share, { n: share })
}

/** How much of a stock is left: `43 of 50 left`, or `86 % left`. */
export const leftText = (left: number | null, stock: number | null): string =>
  left !== null && stock !== null && areFiguresHidden()
    ? tell(figureTexts.left, { share: partText(left, stock) })
    : tell(liveTexts.ofStock, { left: countText(left), stock: countText(stock) })

/** How many there are of what must not be. While figures are hidden it says whether there are any. */
export const noneText = (count: number | null | undefined): string =>
  count != null && count > 0 && areFiguresHidden() ? tell(figureTexts.some) : plainText(count)

/** A text of people or of the API in which figures of a sale can stand. */
export const proseText = (text: string): string =>
  areFiguresHidden() ? withoutNumbers(text, tell(figureTexts.hidden)) : text

/** What a coupon is worth. An amount of money is a figure, and a percentage is a share. */
export const discountText = (discount: Discount): string =>
  discount.kind === 'amount' && areFiguresHidden() ? tell(figureTexts.hidden) : worthText(discount, language)

/** Seconds of a duration in milliseconds, with tenths. */
export const secondsText = (ms: number | null | undefined): string =>
  ms == null ? tell(consoleTexts.unknown) : tenths.format(ms / 1_000)

/** A share in percent. */
export const percentText = (share: number): string => percent.format(share)

/** Memory, in megabytes of a million bytes. */
export const memoryText = (bytes: number): string =>
  tell(liveTexts.megabytes, { n: whole.format(bytes / 1_000_000) })

/** About how long: 11 s, 3 min, 2 h. */
export const aboutText = (seconds: number): string => {
  if (seconds < 100) return tell(liveTexts.seconds, { n: whole.format(Math.ceil(seconds)) })
  if (seconds < 6_000) return tell(liveTexts.minutes, { n: whole.format(seconds / 60) })
  return tell(liveTexts.hours, { n: whole.format(seconds / 3_600) })
}

/** A time of the API, as people here write it. */
export const momentText = (time: string | null): string =>
  time === null ? '–' : moment.format(new Date(time))

/** The state of a campaign, in words. */
export const stateText = (state: string): string => {
  const texts: Readonly<Record<string, Wording>> = liveTexts.state
  const text = texts[state]
  return text === undefined ? state : tell(text)
}

/** Why a call failed, for the person who made it. */
export const failureText = (cause: unknown): string => {
  if (!(cause instanceof ApiError)) return cause instanceof Error ? cause.message : String(cause)
  if (cause.code === 'forbidden') return tell(campaignTexts.forbidden)
  if (cause.code === 'version') return tell(campaignTexts.otherVersion)
  const errors = cause.problem?.errors?.map(({ pointer, message }) => `${pointer}: ${message}`) ?? []
  return [cause.problem?.detail ?? cause.message, ...errors].join(' · ')
}
