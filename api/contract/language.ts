/** The languages in which the API writes for people. */
export type Language = 'en' | 'ko'

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
