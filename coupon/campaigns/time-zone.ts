/** Whether this system knows the zone by this name. */
export const isKnownTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** A time as the clocks of a zone show it: RFC 3339 with the offset that the zone has then. */
export const zonedTime = (ms: number, timeZone: string): string => {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    ...{ hourCycle: 'h23', timeZoneName: 'longOffset' },
    ...{ year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 },
  })
  const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]))
  const { year = '', month, day, hour, minute, second, fractionalSecond, timeZoneName = '' } = parts
  const offset = timeZoneName.replace('GMT', '')
  const time = `${hour}:${minute}:${second}.${fractionalSecond}`
  return `${year.padStart(4, '0')}-${month}-${day}T${time}${offset === '' || offset === '+00:00' ? 'Z' : offset}`
}
