import type { Ablation } from './run-ablations.ts'
import type { Safeguard } from './safeguard.ts'
import { titleOf } from './test-titles.ts'

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`

const reasonOf = ({ safeguard: { caughtBy }, result }: Ablation): string => {
  switch (result.kind) {
    case 'noticed':
      return `${caughtBy.file}: ${result.by}`
    case 'unnoticed':
      return `${caughtBy.file} passes without it: ${titleOf(caughtBy)}`
    case 'untried':
      return `could not be tried: ${result.why}`
  }
}

/** The result for one safeguard, and its reason, in two lines. */
export const formatAblation = (ablation: Ablation): string => {
  const { safeguard, result, tookMs } = ablation
  const head = `${result.kind.padEnd(9)}  ${seconds(tookMs).padStart(7)}  ${safeguard.name}`
  return `${head}\n${' '.repeat(20)}${reasonOf(ablation)}`
}

/** The number of each result, and the time they took, in one line. */
export const formatSummary = (ablations: readonly Ablation[]): string => {
  const count = (kind: Ablation['result']['kind']): number =>
    ablations.filter(({ result }) => result.kind === kind).length
  const tookMs = ablations.reduce((sum, ablation) => sum + ablation.tookMs, 0)
  return (
    `${ablations.length} safeguards taken out in ${seconds(tookMs)}: ${count('noticed')} noticed, ` +
    `${count('unnoticed')} unnoticed, ${count('untried')} could not be tried`
  )
}

/** One safeguard for `--list`. */
export const formatSafeguard = (
  { name, section, protectsFrom, caughtBy }: Safeguard,
  files: readonly string[],
): string =>
  [
    `${section} / ${name}`,
    `  without it: ${protectsFrom}`,
    `  edits ${files.join(', ')}`,
    `  noticed by ${caughtBy.file}: ${titleOf(caughtBy)}`,
  ].join('\n')

/** One safeguard for `--list --json`. */
export const safeguardDocument = (
  { name, section, protectsFrom, caughtBy }: Safeguard,
  files: readonly string[],
) => ({ name, section, protectsFrom, files, caughtBy })

/** The result for one safeguard for `--json`. */
export const ablationDocument = ({ safeguard: { name, section, caughtBy }, result, tookMs }: Ablation) => ({
  name,
  section,
  caughtBy,
  result,
  tookMs: Math.round(tookMs),
})
