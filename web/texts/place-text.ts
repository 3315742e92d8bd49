import { fill, shopperTexts } from './button-texts.ts'
import type { Language, Wording } from './language.ts'

/** Writes a place in the line: 417th, 417번째. */
export const createPlaceText = (language: Language): ((rank: number) => string) => {
  const texts: Readonly<Record<string, Wording>> = shopperTexts.place
  const whole = new Intl.NumberFormat(language)
  const ordinals = new Intl.PluralRules(language, { type: 'ordinal' })
  return (rank) => {
    const text = texts[ordinals.select(rank)] ?? shopperTexts.place.other
    return fill(text[language], { rank: whole.format(rank) })
  }
}
