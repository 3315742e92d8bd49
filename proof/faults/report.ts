import { paint, type ReportOutput } from '../../load/report/lines.ts'
import { inSeconds, inThousands } from '../../load/report/numbers.ts'
import type { RoundVerdict, StruckFault } from './round-verdict.ts'
import { byName, harmNames, harmWord, type RunTotals, totalsOf } from './totals.ts'

const describeStruck = ({ fault, isKill, counts, inFlight, unconfirmed }: StruckFault): string => {
  if (!isKill) return fault
  return counts
    ? `${fault} (${inThousands(inFlight)} in flight, ${inThousands(unconfirmed)} unconfirmed)`
    : `${fault} (does not count)`
}

const widthMax = 100

/** Joins phrases with commas, in lines of at most `widthMax` columns. No phrase is cut. */
const wrap = (phrases: readonly string[], indent: string): string[] => {
  const lines: string[] = []
  let line = ''
  for (const [index, phrase] of phrases.entries()) {
    const piece = index === phrases.length - 1 ? phrase : `${phrase},`
    if (line !== '' && indent.length + line.length + 1 + piece.length > widthMax) {
      lines.push(`${indent}${line}`)
      line = piece
    } else line = line === '' ? piece : `${line} ${piece}`
  }
  return line === '' ? lines : [...lines, `${indent}${line}`]
}

/** One of `of` rounds: figures and verdict on one line, then what struck, and why it failed. */
export const roundReport = (one: RoundVerdict, of: number, stream: ReportOutput): string => {
  const width = String(of).length
  const harm = harmNames.filter((name) => one[name] > 0)
  const head = [
    `${inThousands(one.presses)} presses`.padStart(15),
    `${inThousands(one.rows)} rows`.padStart(12),
    `silence ${inSeconds(one.silenceMsMax)}`.padStart(15),
    inSeconds(one.tookMs).padStart(8),
  ]
  const verdict = paint(one.verdict, one.verdict.toUpperCase(), stream)
  return [
    `  round ${String(one.round).padStart(width)}  ${verdict} ${head.join('')}`,
    ...wrap(one.struck.map(describeStruck), '    '),
    ...wrap(
      harm.map((name) => `${inThousands(one[name])} ${harmWord(name)}`),
      '    ',
    ),
    ...(one.verdict === 'fail'
      ? [`    --seed ${one.seed}, round ${one.round}, campaign ${one.campaignId}`]
      : []),
    ...one.reasons.map((reason) => `    ${reason}`),
  ].join('\n')
}

const row = (label: string, figure: string, explanation = ''): string =>
  `  ${label.padEnd(22)}${figure.padStart(10)}${explanation === '' ? '' : `  ${explanation}`}`

const changeRows = ({ stops, halts, seen, pagesMsMax }: RunTotals['changes']): string[] =>
  stops === 0
    ? []
    : [
        row('stops by an operator', inThousands(stops), `${halts} of them without the database`),
        row('all pages stopped', inSeconds(pagesMsMax), `at most, after the answer; seen ${seen} times`),
      ]

/**
 * The sum of the rounds, `of` how many were asked for: kills by part, other faults by name, and the harm
 * done.
 */
export const closingReport = (
  verdicts: readonly RoundVerdict[],
  of: number,
  stream: ReportOutput,
): string => {
  const totals = totalsOf(verdicts, of)
  const rounds = `${totals.rounds === of ? '' : `${inThousands(totals.rounds)} of `}${inThousands(of)} rounds`
  const failed = verdicts.filter(({ verdict }) => verdict === 'fail').map(({ round }) => String(round))
  const verdict = paint(totals.verdict, totals.verdict.toUpperCase(), stream)
  return [
    '',
    `  ${verdict}  ${rounds} in ${inSeconds(totals.tookMs)}: ${inThousands(totals.presses)} presses, ${inThousands(totals.rows)} rows`,
    '',
    ...Object.entries(totals.kills).map(([part, { all, counted }]) =>
      row(
        `${part} killed`,
        inThousands(counted),
        counted === all ? '' : `and ${all - counted} that do not count`,
      ),
    ),
    ...byName(totals.others).map(([fault, count]) => row(fault, inThousands(count))),
    '',
    ...harmNames.map((name) => row(harmWord(name), inThousands(totals[name]))),
    row('longest silence', inSeconds(totals.silenceMsMax), 'people waited, and nobody was answered'),
    ...changeRows(totals.changes),
    ...(failed.length === 0 ? [] : ['', ...wrap([`  failed: round ${failed[0]}`, ...failed.slice(1)], '')]),
    '',
  ].join('\n')
}
