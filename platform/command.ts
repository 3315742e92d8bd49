import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { Failure, messageOf } from './failure.ts'

/** A whole number that a flag takes. */
export type NumberBounds = { default: number; min: number; max: number; unit?: string }

/** Every command takes it. */
export const helpFlag = { help: { type: 'boolean', short: 'h' } } as const

/** `1 to 20`, or `1 to 20 seconds`. */
export const rangeOf = ({ min, max, unit }: NumberBounds): string =>
  `${min} to ${max}${unit === undefined ? '' : ` ${unit}`}`

/**
 * Reads the words behind a command by its flags, and gathers what is wrong with them. Throws `refused`, with what is accepted, at once for
 * words that cannot be read (a flag that does not exist, one without its value), and in `refuseFaults` with all other faults at once.
 */
export const readArguments = <Flags extends ParseArgsOptionsConfig>(
  words: readonly string[],
  { flags, usage }: { flags: Flags; usage: string },
) => {
  const faults: string[] = []
  const refused = (): Failure => new Failure('refused', `${faults.join('\n')}\n\n${usage}`)
  const read = () => {
    try {
      return parseArgs({ args: [...words], options: flags, allowPositionals: true, strict: true })
    } catch (cause) {
      // Its first sentence says which flag is unknown, or lacks its value; the rest is about dashes.
      faults.push(messageOf(cause).split('. ')[0] ?? '')
      throw refused()
    }
  }
  /** Notes what a flag, or the words beside the flags, should have been. */
  const expected = (what: string, given: string): void => {
    faults.push(`${what}, not ${given || 'nothing'}`)
  }
  return {
    ...read(),
    expected,
    /** Notes any other fault. */
    fault: (what: string): void => void faults.push(what),
    /** The number behind a flag: its default when `text` is undefined; a fault, and NaN, when it is none within the bounds. */
    number(flag: string, text: string | undefined, bounds: NumberBounds): number {
      if (text === undefined) return bounds.default
      const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
      if (value >= bounds.min && value <= bounds.max) return value
      expected(`--${flag}: expected ${rangeOf(bounds)}`, text)
      return Number.NaN
    },
    refuseFaults(): void {
      if (faults.length > 0) throw refused()
    },
  }
}
