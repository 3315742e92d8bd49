import { type ButtonState, buttonTexts, fill, shopperTexts } from '../texts/button-texts.ts'
import type { Language } from '../texts/language.ts'
import { createPlaceText } from '../texts/place-text.ts'
import type { OwnPress, SaleFacts } from './button-model.ts'

/** What the words are about. */
export type Subject = { state: ButtonState; press: OwnPress; facts: SaleFacts | undefined }

/**
 * The words and numbers of the button in one language. Formats are made once: a picture is drawn 60 times a
 * second.
 */
export const createButtonWords = (language: Language) => {
  const whole = new Intl.NumberFormat(language)
  const placeOf = createPlaceText(language)
  const timeOfDay = new Intl.DateTimeFormat(language, { timeStyle: 'medium', hourCycle: 'h23' })
  const date = new Intl.DateTimeFormat(language, { dateStyle: 'long' })

  const soldOutAt = ({ press, facts }: Subject): string => {
    const atMs = facts?.soldOutAtMs ?? (press.kind === 'sold-out' ? press.atMs : undefined)
    return atMs === undefined ? '' : timeOfDay.format(atMs)
  }

  return {
    whole: (value: number): string => whole.format(value),
    /** With milliseconds. */
    timeOfDay: (ms: number): string =>
      `${timeOfDay.format(ms)}.${String(Math.floor(ms) % 1_000).padStart(3, '0')}`,
    label: ({ state }: Subject): string => buttonTexts[state].label[language],
    /** The sentence below the button. */
    note(subject: Subject): string {
      const { state, press } = subject
      const text = buttonTexts[state].note[language]
      if ('rank' in press)
        return fill(text, { rank: placeOf(press.rank), until: date.format(new Date(press.usableUntil)) })
      const time = state === 'sold-out' ? soldOutAt(subject) : ''
      return time === '' ? text : `${fill(shopperTexts.soldOutAt[language], { time })} ${text}`
    },
    /** The large figure: the place of a winner, when it was sold out, or what is left. */
    figure(subject: Subject): string {
      const { state, press, facts } = subject
      if ('rank' in press) return placeOf(press.rank)
      const time = state === 'sold-out' ? soldOutAt(subject) : ''
      return time === '' && facts !== undefined ? whole.format(facts.remaining) : time
    },
  }
}
