/** The languages of the pages. */
export type Language = 'en' | 'ko'

/** The same in both. */
export type Text = { readonly [Key in Language]: string }

const isLanguage = (text: string): text is Language => text === 'en' || text === 'ko'

/**
 * The language of a page: the one that was asked for, else the first of Accept-Language (RFC 9110, section
 * 12.5.4) that there is, else English.
 */
export const chooseLanguage = (asked: string | undefined, acceptLanguage: string | undefined): Language => {
  if (asked !== undefined && isLanguage(asked)) return asked
  const wanted = (acceptLanguage ?? '')
    .slice(0, 200)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
      const weight = parameters.map((text) => /^\s*q=([\d.]{1,5})$/.exec(text)?.[1]).find(Boolean)
      return { language: tag.split('-')[0] ?? '', weight: Number(weight ?? 1) }
    })
    .filter(({ weight }) => weight > 0)
    .sort((left, right) => right.weight - left.weight)
  return wanted.map(({ language }) => language).find(isLanguage) ?? 'en'
}
