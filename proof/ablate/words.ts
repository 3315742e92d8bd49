import type { Try } from './run.ts'
import type { Safeguard } from './safeguard.ts'
import { titleOf } from './titles.ts'

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`

/** One line about a safeguard that was tried, and why where it was not caught. */
export const lineOf = ({ safeguard, verdict, tookMs }: Try): string => {
  const { name, caughtBy } = safeguard
  const head = `${verdict.kind.padEnd(9)}  ${seconds(tookMs).padStart(7)}  ${name}`
  switch (verdict.kind) {
    case 'caught':
      return `${head}\n${' '.repeat(20)}${caughtBy.file}: ${verdict.by}`
    case 'unnoticed':
      return `${head}\n${' '.repeat(20)}${caughtBy.file} passes without it: ${titleOf(caughtBy)}`
    case 'untried':
      return `${head}\n${' '.repeat(20)}could not be tried: ${verdict.why}`
  }
}

/** How many of each, and how long it took. */
export const summaryOf = (tries: readonly Try[]): string => {
  const count = (kind: Try['verdict']['kind']): number =>
    tries.filter(({ verdict }) => verdict.kind === kind).length
  const tookMs = tries.reduce((sum, one) => sum + one.tookMs, 0)
  return (
    `${tries.length} safeguards taken out in ${seconds(tookMs)}: ${count('caught')} noticed, ` +
    `${count('unnoticed')} unnoticed, ${count('untried')} could not be tried`
  )
}

/** What `--list` says of one. */
export const listed = ({ name, section, protectsFrom, edits, caughtBy }: Safeguard): string =>
  [
    `${section} / ${name}`,
    `  without it: ${protectsFrom}`,
    `  edits ${[...new Set(edits.map(({ file }) => file))].join(', ')}`,
    `  noticed by ${caughtBy.file}: ${titleOf(caughtBy)}`,
  ].join('\n')
