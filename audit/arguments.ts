import { parseArgs } from 'node:util'
import { idPattern } from '../coupon/grant.ts'
import { Failure, messageOf } from '../platform/failure.ts'

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
  help: { type: 'boolean', short: 'h' },
} as const

const refused = (faults: readonly string[]): Failure =>
  new Failure('refused', `${faults.join('\n')}\n\n${usage}`, { retryable: false })

const readFlags = (words: string[]) => {
  try {
    return parseArgs({ args: words, options: flags, allowPositionals: true, strict: true })
  } catch (cause) {
    // Its first sentence says which flag is unknown, or lacks its value; the rest is about dashes.
    throw refused([messageOf(cause).split('. ')[0] ?? ''])
  }
}

/** Reads the words behind `npm run audit --`. Throws `refused` with every fault, and with what is accepted. */
export const parseArguments = (words: string[]): AuditArguments | 'help' => {
  const { values, positionals } = readFlags(words)
  if (values.help) return 'help'
  const [campaignId = ''] = positionals
  if (positionals.length !== 1 || !idPattern.test(campaignId))
    throw refused([`expected the id of one campaign, not ${positionals.join(' ') || 'nothing'}`])
  return {
    campaignId,
    isJson: values.json,
    ...(values.history === undefined ? {} : { historyFile: values.history }),
  }
}
