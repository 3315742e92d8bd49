/** The languages in which people are written to. */
export type Language = 'en' | 'ko'

/** The same in both. */
export type Wording = { readonly [Key in Language]: string }

/** The language that a caller wants most (RFC 9110, section 12.5.4); English where it is none of ours. */
export const preferredLanguage = (acceptLanguage: string | undefined): Language => {
  const weightOf = (language: Language): number => {
    const weights = (acceptLanguage ?? '').split(',').flatMap((range) => {
      const [tag = '', ...parameters] = range.trim().toLowerCase().split(';')
      const weight = parameters.map((parameter) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(parameter)?.[1])[0]
      return tag.split('-')[0] === language ? [Number(weight ?? 1)] : []
    })
    return Math.max(0, ...weights)
  }
  return weightOf('ko') > weightOf('en') ? 'ko' : 'en'
}

/** The language that was asked for by name, else the one that the caller wants most. */
export const chooseLanguage = (asked: string | undefined, acceptLanguage: string | undefined): Language =>
  asked === 'en' || asked === 'ko' ? asked : preferredLanguage(acceptLanguage)
