import type { ComparedFigure, ComparedRuns } from '../measure/compare-runs.ts'
import { isWithinNoise } from '../measure/permutation-test.ts'
import { type BenchRun, benchParts, benchVerdict } from '../scenarios/bench-run.ts'
import { headingLine, paint, type ReportOutput, tableLine } from './lines.ts'
import { asProbability, asRatio, inMs, inThousands } from './numbers.ts'
import { benchWord, reasonOf } from './words.ts'

const withUnit: Record<ComparedFigure['unit'], (value: number) => string> = {
  '/s': (value) => `${inThousands(value)} /s`,
  ms: (value) => `${inMs(value)} ms`,
  µs: (value) => `${inThousands(value)} µs`,
  ratio: asRatio,
}

const nothing = '-'

const differenceText = ({ difference, p }: ComparedFigure): string => {
  if (difference === null || p === null) return nothing
  const percent = Math.round(difference * 100)
  return `${isWithinNoise(p) ? '~' : ''}${percent < 0 ? '' : '+'}${percent} %`
}

const figureCells = (figure: ComparedFigure): string[] => {
  const cell = (value: number | null): string => (value === null ? nothing : withUnit[figure.unit](value))
  return [
    cell(figure.a),
    cell(figure.b),
    differenceText(figure),
    figure.p === null ? nothing : asProbability(figure.p).replace('p = ', ''),
  ]
}

/** The verdict of a run, beside what it is. */
const runLine = (letter: string, run: BenchRun, stream: ReportOutput): string => {
  const { startedAt, checkout } = run
  const verdict = benchVerdict(run)
  const commit = `${checkout.commit ?? 'unknown'}${checkout.hasChanges ? ' with changes' : ''}`
  const word = paint(verdict, benchWord(verdict).padEnd(9), stream)
  return `  ${letter}  ${word}  ${startedAt.slice(0, 19)}Z  ${commit}; ${reasonOf(verdict, benchParts(run))}`
}

/** Two benchmarks for a terminal: their verdicts, what else differs, then the figures of sound runs. */
export const comparedReport = (
  { warnings, figures }: ComparedRuns,
  [a, b]: readonly [BenchRun, BenchRun],
  stream: ReportOutput,
): string =>
  [
    '',
    runLine('A', a, stream),
    runLine('B', b, stream),
    '',
    ...(warnings.length === 0
      ? []
      : ['  They differ in more than the code:', ...warnings.map((warning) => `    ${warning}`), '']),
    headingLine('Median', ['A', 'B', 'B to A', 'p'], stream),
    ...figures.map((figure) => tableLine(figure.figure, figureCells(figure))),
    '',
    '  ~ is within noise: chance alone gives as much in more than one of twenty cases',
    '',
  ].join('\n')
