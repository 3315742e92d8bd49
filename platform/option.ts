/** One option of a command, or an argument: a word that needs no name. */
export type Option<Value> = {
  /** What it is for, with its limits and its default: the text of `--help`. */
  help: string
  /** Stands for its value in `--help`: `FILE`. A flag has none. */
  placeholder?: string
  /** What is accepted, for the line that refuses a value. */
  expected?: string
  isRequired?: true
  isArgument?: true
  /** Reads what was given, `undefined` when left out. Returns undefined for what is not accepted. */
  read(text: string | undefined): { value: Value } | undefined
}

/** Options by the name that they have on the command line. */
export type Options = Record<string, Option<unknown>>

/** Limits of a whole number. */
export type NumberLimits = { min: number; max: number; unit?: string }

/** `1 to 20`, or `1 to 20 seconds`. */
const rangeOf = ({ min, max, unit }: NumberLimits): string =>
  `${min} to ${max}${unit === undefined ? '' : ` ${unit}`}`

/** True when it is given. */
export const flag = (help: string): Option<boolean> => ({
  help,
  read: (text) => ({ value: text !== undefined }),
})

type ParsedOption<Value> = {
  placeholder: string
  help: string
  expected: string
  /** Returns undefined for a text that is not accepted. */
  parse(text: string): Value | undefined
}

const readWith = <Value>(parse: (text: string) => Value | undefined, text: string) => {
  const value = parse(text)
  return value === undefined ? undefined : { value }
}

/** A value that may be left out. */
export const optional = <Value>({ parse, ...shown }: ParsedOption<Value>): Option<Value | undefined> => ({
  ...shown,
  read: (text) => (text === undefined ? { value: undefined } : readWith(parse, text)),
})

/** A value that has to be given. */
export const required = <Value>({ parse, ...shown }: ParsedOption<Value>): Option<Value> => ({
  ...shown,
  isRequired: true,
  read: (text) => (text === undefined ? undefined : readWith(parse, text)),
})

/** Makes an option an argument of its command. Arguments are read in the order in which they are declared. */
export const argument = <Value>(option: Option<Value>): Option<Value> => ({ ...option, isArgument: true })

/** The name of a file or folder. */
export const path = (placeholder: 'FILE' | 'FOLDER', help: string): Option<string | undefined> =>
  optional({ placeholder, help, expected: 'a path', parse: (text) => text || undefined })

/** A whole number within limits; without a default it is undefined when left out. */
export const integer = <Default extends number | undefined = undefined>({
  placeholder = 'N',
  help,
  default: value,
  ...limits
}: NumberLimits & { help: string; placeholder?: string; default?: Default }): Option<number | Default> => {
  const expected = rangeOf(limits)
  return {
    placeholder,
    expected,
    help: `${help}: ${expected}${value === undefined ? '' : `, ${value} when left out`}`,
    read(text) {
      if (text === undefined) return { value: value as Default }
      const number = /^\d+$/.test(text) ? Number(text) : Number.NaN
      return number >= limits.min && number <= limits.max ? { value: number } : undefined
    },
  }
}
