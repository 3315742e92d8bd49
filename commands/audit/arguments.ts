import { idPattern } from '../../coupon/grant.ts'
import { helpFlag, readArguments } from '../../platform/command.ts'

/** Which campaign, and how. */
export type AuditArguments = {
  campaignId: string
  /** The result as JSON instead of a report. */
  isJson: boolean
  /** What a load run was told. */
  historyFile?: string
}

/** What the command accepts. */
export const usage = [
  'npm run audit -- <campaign> [options]',
  '',
  '  --json          the result as a JSON document',
  '  --history FILE  what a load run was told: npm run load -- burst --history FILE',
  '',
  'Exit code 0: every promise held. 1: one is broken. 2: wrong use. 3: none is broken, and something is in flight.',
  '4: a book could not be read, and nothing is known.',
].join('\n')

const flags = {
  json: { type: 'boolean', default: false },
  history: { type: 'string' },
  ...helpFlag,
} as const

/** Reads the words behind `npm run audit --`. Throws `refused` with every fault, and with what is accepted. */
export const parseArguments = (words: readonly string[]): AuditArguments | 'help' => {
  const { values, positionals, expected, refuseFaults } = readArguments(words, { flags, usage })
  if (values.help) return 'help'
  const [campaignId = ''] = positionals
  if (positionals.length !== 1 || !idPattern.test(campaignId))
    expected('expected the id of one campaign', positionals.join(' '))
  refuseFaults()
  return {
    campaignId,
    isJson: values.json,
    ...(values.history === undefined ? {} : { historyFile: values.history }),
  }
}
