import { parseArgs } from 'node:util'
import { messageOf } from './failure.ts'
import type { Option, Options } from './option.ts'

export type ValuesOf<Declared extends Options> = {
  [Name in keyof Declared]: Declared[Name] extends Option<infer Value> ? Value : never
}

/** The text of each option that was given, and the words beside them. */
const splitWords = (words: readonly string[], options: Options) => {
  const config = Object.entries(options)
    .filter(([, { isArgument }]) => !isArgument)
    .map(
      ([name, { placeholder }]) =>
        [name, { type: placeholder === undefined ? 'boolean' : 'string' }] as const,
    )
  const { values, positionals } = parseArgs({
    args: [...words],
    options: { ...Object.fromEntries(config), help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  })
  const texts = new Map(Object.entries(values).map(([name, value]) => [name, String(value)]))
  return { texts, positionals }
}

/** The words beside the options: one for each argument in order, and the rest for the last. */
const splitArguments = (positionals: readonly string[], names: readonly string[]): Map<string, string> =>
  new Map(
    names.map((name, index) => {
      const isLast = index === names.length - 1
      return [name, positionals.slice(index, isLast ? undefined : index + 1).join(' ')]
    }),
  )

/**
 * Reads the words behind a command. Adds a line to `faults` for each that is not accepted; its option is then
 * missing in the result. Returns 'help' when the words ask for it, whatever the others are.
 */
export const readWords = <Declared extends Options>(
  words: readonly string[],
  options: Declared,
  faults: string[],
): Partial<ValuesOf<Declared>> | 'help' => {
  const values: Record<string, unknown> = {}
  try {
    const { texts, positionals } = splitWords(words, options)
    if (texts.has('help')) return 'help'
    const names = Object.entries(options).flatMap(([name, { isArgument }]) => (isArgument ? [name] : []))
    if (names.length === 0 && positionals.length > 0)
      faults.push(`expected no words beside the options, not ${positionals.join(' ')}`)
    const given = splitArguments(positionals, names)
    for (const [name, { expected, isArgument, read }] of Object.entries<Option<unknown>>(options)) {
      const text = isArgument ? given.get(name) || undefined : texts.get(name)
      const result = read(text)
      if (result !== undefined) values[name] = result.value
      else faults.push(`${isArgument ? '' : `--${name}: `}expected ${expected}, not ${text || 'nothing'}`)
    }
  } catch (cause) {
    // Its first sentence names the option that is unknown or lacks its value; the rest is about dashes.
    faults.push(messageOf(cause).split('. ')[0] ?? '')
  }
  return values as Partial<ValuesOf<Declared>>
}
