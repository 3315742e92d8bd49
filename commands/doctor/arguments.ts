import { helpFlag, readArguments } from '../../platform/command.ts'

/** How the findings are shown. */
export type DoctorArguments = { isJson: boolean }

/** What the command accepts. */
export const usage = [
  'npm run doctor -- [--json]',
  '',
  '  --json  the findings as a JSON document',
  '',
  'Exit code 0: nothing fails. 1: a requirement is not met. 2: wrong use. 4: a server could not be asked, and nothing is known of it.',
].join('\n')

const flags = { json: { type: 'boolean', default: false }, ...helpFlag } as const

/** Reads the words behind `npm run doctor --`. Throws `refused` with every fault, and with what is accepted. */
export const parseArguments = (words: readonly string[]): DoctorArguments | 'help' => {
  const { values, positionals, expected, refuseFaults } = readArguments(words, { flags, usage })
  if (values.help) return 'help'
  if (positionals.length > 0) expected('expected no words beside the flags', positionals.join(' '))
  refuseFaults()
  return { isJson: values.json }
}
