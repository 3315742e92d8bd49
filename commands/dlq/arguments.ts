import { type LogPosition, readPosition } from '../../coupon/log/dead-letter.ts'
import { helpFlag, type NumberBounds, rangeOf, readArguments } from '../../platform/command.ts'
import { reasons } from './reasons.ts'

/** What the command is asked to do. A `reason` is one of `reasons`. */
export type DlqCommand =
  | { kind: 'list'; isJson: boolean; reason: string | undefined; limit: number }
  | { kind: 'show'; isJson: boolean; place: LogPosition }
  | { kind: 'redrive'; which: LogPosition | 'all'; reason: string | undefined; isDryRun: boolean }

const limit: NumberBounds = { default: 100, min: 1, max: 100_000_000 }

/** What the command accepts. */
export const usage = [
  'npm run dlq -- list [--reason R] [--limit N] [--json]',
  'npm run dlq -- show <partition:offset> [--json]',
  'npm run dlq -- redrive <partition:offset> [--dry-run]',
  'npm run dlq -- redrive --all [--reason R] [--dry-run]',
  '',
  `  --reason R   only this class: ${reasons.join(', ')}`,
  `  --limit N    how many are listed, the oldest first: ${rangeOf(limit)}; ${limit.default} when left out, all with --json`,
  '  --json       list: one JSON document a line; show: one JSON document',
  '  --dry-run    say what would be redriven, and write nothing',
  '',
  'Exit code 0: done. 2: wrong use. 4: Kafka did not answer: what was not said to be done is unknown.',
].join('\n')

const flags = {
  all: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  reason: { type: 'string' },
  limit: { type: 'string' },
  ...helpFlag,
} as const

const flagsOf: Record<string, readonly (keyof typeof flags)[]> = {
  list: ['json', 'reason', 'limit'],
  show: ['json'],
  redrive: ['all', 'reason', 'dry-run'],
}

/** Reads the words behind `npm run dlq --`. Throws `refused` with every fault, and with what is accepted. */
export const parseArguments = (words: readonly string[]): DlqCommand | 'help' => {
  const read = readArguments(words, { flags, usage })
  const { values, positionals, expected, fault, refuseFaults } = read
  if (values.help) return 'help'
  const [kind = '', ...rest] = positionals
  const { reason, all: isAll, json: isJson, 'dry-run': isDryRun } = values

  const allowed = flagsOf[kind]
  if (allowed === undefined) {
    expected('expected list, show or redrive', kind)
    refuseFaults()
  }
  for (const [flag, value] of Object.entries(values))
    if (value !== false && allowed?.every((one) => one !== flag)) fault(`--${flag}: ${kind} does not take it`)
  if (reason !== undefined && !reasons.includes(reason))
    expected(`--reason: expected ${reasons.join(', ')}`, reason)

  const text = rest.join(' ')
  const place = readPosition(text)
  const takesPlace = kind === 'show' || (kind === 'redrive' && !isAll)
  if (takesPlace && place === undefined)
    expected('expected a dead letter as list names it, 0:17 for instance', text)
  if (!takesPlace && text !== '') expected(`${isAll ? '--all' : kind}: expected no words beside it`, text)
  if (takesPlace && kind === 'redrive' && reason !== undefined) fault('--reason: goes with --all')
  const listed = isJson && values.limit === undefined ? limit.max : read.number('limit', values.limit, limit)
  refuseFaults()

  if (kind === 'show' && place !== undefined) return { kind, isJson, place }
  if (kind === 'redrive') return { kind, which: place ?? 'all', reason, isDryRun }
  return { kind: 'list', isJson, reason, limit: listed }
}
