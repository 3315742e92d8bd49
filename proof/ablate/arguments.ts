import { helpFlag, readArguments } from '../../platform/command.ts'

/** What to do, and with which safeguards. */
export type AblateArguments = {
  /** Only those with these words in their name, section or file. */
  only?: string
  kind: 'run' | 'list' | 'write'
}

/** What the command accepts. */
export const usage = [
  'npm run ablate -- [options]',
  '',
  'Takes every safeguard out of a copy, one at a time, and runs the test that has to fail then.',
  '',
  '  --only WORDS  only safeguards with these words in their name, section or file',
  '  --list        lists the safeguards and the tests that notice them; runs nothing',
  '  --write       writes docs/safeguards.md from the list; runs nothing',
  '',
  'Exit code 0: a test noticed each. 1: one was unnoticed, or could not be tried. 2: wrong use.',
].join('\n')

const flags = {
  only: { type: 'string' },
  list: { type: 'boolean', default: false },
  write: { type: 'boolean', default: false },
  ...helpFlag,
} as const

/** Reads the words after `npm run ablate --`. Throws `refused` with every fault, and with the usage. */
export const parseArguments = (words: readonly string[]): AblateArguments | 'help' => {
  const { values, positionals, expected, fault, refuseFaults } = readArguments(words, { flags, usage })
  if (values.help) return 'help'
  if (positionals.length > 0) expected('expected no words beside the options', positionals.join(' '))
  if (values.only === '') expected('--only: expected words', '')
  if (values.write && (values.list || values.only !== undefined))
    fault('--write: takes no other option, because it writes the whole list')
  refuseFaults()
  return {
    kind: values.write ? 'write' : values.list ? 'list' : 'run',
    ...(values.only === undefined ? {} : { only: values.only }),
  }
}
