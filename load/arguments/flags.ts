import { type NumberBounds, rangeOf } from '../../platform/command.ts'

/** A number that a scenario takes, and what it is. */
export type Bounds = NumberBounds & { says: string }

/** The line that says what a flag takes. */
export const numberRow = ([name, ofFlag]: [string, Bounds]): string =>
  `  ${`--${name} N`.padEnd(20)} ${ofFlag.says}: ${rangeOf(ofFlag)}, ${ofFlag.default} when left out`

/** Whether this is an address without a path. */
export const isOrigin = (text: string): boolean => {
  const url = URL.parse(text)
  return url !== null && url.protocol === 'http:' && (url.pathname === '/' || url.pathname === '')
}
