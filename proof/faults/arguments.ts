import { helpFlag, rangeOf, readArguments } from '../../platform/command.ts'

/** What a fault run is asked to do. */
export type FaultsArguments = {
  /** Rounds of one run, each with a campaign of its own. */
  rounds: number
  /** Sets up the same schedule again; one is made up when it is left out. */
  seed?: string
  /** Words that choose among the faults; all of them when there is none. */
  only: readonly string[]
  /** Whether the run goes into docs/fault-runs.jsonl and docs/reliability.md. */
  isRecorded: boolean
  /** Where the stack lives and failed rounds are kept, instead of a new folder. */
  folder?: string
}

const rounds = { default: 3, min: 1, max: 1_000 }
// It stands in tables and in names of folders.
const seedPattern = /^[A-Za-z0-9._-]{1,40}$/

/** Whether one of the words chooses this fault, by its part (`redis`), what is done (`kill`) or its whole name (`redis-kill`). */
export const isChosen = (kind: string, only: readonly string[]): boolean =>
  only.length === 0 ||
  only.some((word) => kind === word || kind.startsWith(`${word}-`) || kind.endsWith(`-${word}`))

/** What the command accepts. */
export const usageOf = (kinds: readonly string[]): string =>
  [
    'npm run faults -- [options]',
    '',
    `  --rounds N      rounds, each a campaign of its own: ${rangeOf(rounds)}, ${rounds.default} when left out`,
    '  --seed SEED     sets up the schedule of that run again, with the same --only',
    '  --only WORDS    only these faults: parts, what is done or whole names, with commas between',
    '  --record        adds the run to docs/fault-runs.jsonl and docs/reliability.md',
    '  --folder FOLDER where failed rounds are kept',
    '',
    ...faultLines(kinds),
    '',
    'Exit code 0: every promise held in every round. 1: one did not, or could not be decided. 2: wrong use.',
  ].join('\n')

/** The faults there are, a line a part. */
const faultLines = (kinds: readonly string[]): string[] =>
  [...Map.groupBy(kinds, (kind) => kind.split('-')[0] ?? kind)].map(
    ([part, ofPart], index) =>
      `  ${(index === 0 ? 'faults:' : '').padEnd(9)}${part.padEnd(7)} ${ofPart.join(' ')}`,
  )

/** Reads the words behind `npm run faults --`. Throws `refused` with every fault at once, and with what is accepted. */
export const parseArguments = (
  words: readonly string[],
  kinds: readonly string[],
): FaultsArguments | 'help' => {
  const { values, positionals, expected, number, refuseFaults } = readArguments(words, {
    flags: {
      rounds: { type: 'string' },
      seed: { type: 'string' },
      only: { type: 'string' },
      record: { type: 'boolean' },
      folder: { type: 'string' },
      ...helpFlag,
    },
    usage: usageOf(kinds),
  })
  if (values.help) return 'help'
  if (positionals.length > 0) expected('expected no words beside the options', positionals.join(' '))
  const { seed, folder } = values
  if (seed !== undefined && !seedPattern.test(seed))
    expected('--seed: expected up to 40 letters, digits, dots, dashes', seed)
  const only = values.only?.split(',').map((word) => word.trim()) ?? []
  for (const word of only)
    if (!kinds.some((kind) => isChosen(kind, [word])))
      expected('--only: expected a part, what is done, or a fault as listed below', word)
  const asked: FaultsArguments = {
    rounds: number('rounds', values.rounds, rounds),
    only,
    isRecorded: values.record ?? false,
    ...(seed === undefined ? {} : { seed }),
    ...(folder === undefined ? {} : { folder }),
  }
  refuseFaults()
  return asked
}
