import type { Options } from './option.ts'

/** An exit code, and what it says. */
export type ExitCode = readonly [code: number, meaning: string]

const table = (rows: readonly (readonly [string, string])[]): string[] => {
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`)
}

const wordsOf = (name: string, { placeholder, isArgument, isRequired }: Options[string]): string => {
  if (isArgument) return isRequired ? `<${placeholder}>` : `[${placeholder}]`
  return placeholder === undefined ? `--${name}` : `--${name} ${placeholder}`
}

type CommandText = {
  name: string
  summary: string
  settings?: { shape: object }
  notes?: readonly string[]
}

/** What `--help` prints: how the command is typed, what it does, its options, settings and exit codes. */
export const helpOf = (
  { name, summary, settings, notes = [] }: CommandText,
  options: Options,
  exitCodes: readonly ExitCode[],
): string => {
  const typed = Object.entries(options).map(([key, option]) => ({ ...option, words: wordsOf(key, option) }))
  const first = typed.filter(({ isArgument, isRequired }) => isArgument || isRequired)
  const meanings = [...Map.groupBy(exitCodes, ([code]) => code)].sort(([one], [other]) => one - other)
  return [
    [name, ...first.map(({ words }) => words), '[options]'].join(' '),
    '',
    summary,
    '',
    ...table(typed.map(({ words, help }) => [words, help])),
    '',
    'Exit codes',
    ...table(meanings.map(([code, all]) => [`${code}`, all.map(([, meaning]) => meaning).join('; ')])),
    ...(settings === undefined ? [] : ['', `Settings: ${Object.keys(settings.shape).join(', ')}`]),
    ...(notes.length === 0 ? [] : ['', ...notes]),
  ].join('\n')
}
