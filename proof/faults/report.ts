import { styleText } from 'node:util'
import { inSeconds, inThousands } from '../../load/report/words.ts'
import { byName, harmNames, harmWords, totalsOf } from './totals.ts'
import type { RoundVerdict, StruckFault } from './round-verdict.ts'

/** Where lines are printed; colours only where they show. */
export type ReportOutput = NodeJS.WritableStream

const paint = (verdict: 'pass' | 'fail', stream: ReportOutput): string =>
  styleText([verdict === 'pass' ? 'green' : 'red', 'bold'], verdict.toUpperCase(), { stream })

const struckWords = ({ fault, isKill, counts, inFlight, unconfirmed }: StruckFault): string => {
  if (!isKill) return fault
  return counts
    ? `${fault} (${inThousands(inFlight)} in flight, ${inThousands(unconfirmed)} unconfirmed)`
    : `${fault} (does not count)`
}

const widthMax = 100

/** Puts words into lines with commas between; none is cut. */
const wrap = (words: readonly string[], indent: string): string[] => {
  const lines: string[] = []
  let line = ''
  for (const [index, word] of words.entries()) {
    const piece = index === words.length - 1 ? word : `${word},`
    if (line !== '' && indent.length + line.length + 1 + piece.length > widthMax) {
      lines.push(`${indent}${line}`)
      line = piece
    } else line = line === '' ? piece : `${line} ${piece}`
  }
  return line === '' ? lines : [...lines, `${indent}${line}`]
}

/**
 * A round: figures and verdict on one line, below it what struck, and why it failed. `of` is how many rounds there are.
 */
export const roundReport = (one: RoundVerdict, of: number, stream: ReportOutput): string => {
  const width = String(of).length
  const harm = harmNames.filter((name) => one[name] > 0)
  const head = [
    `${inThousands(one.presses)} presses`.padStart(15),
    `${inThousands(one.rows)} rows`.padStart(12),
    `silence ${inSeconds(one.silenceMsMax)}`.padStart(15),
    inSeconds(one.tookMs).padStart(8),
  ]
  return [
    `  round ${String(one.round).padStart(width)}  ${paint(one.verdict, stream)} ${head.join('')}`,
    ...wrap(one.struck.map(struckWords), '    '),
    ...(harm.length === 0
      ? []
      : wrap(
          harm.map((name) => `${inThousands(one[name])} ${harmWords[name]}`),
          '    ',
        )),
    ...(one.verdict === 'fail'
      ? [`    --seed ${one.seed}, round ${one.round}, campaign ${one.campaignId}`]
      : []),
    ...one.reasons.map((reason) => `    ${reason}`),
  ].join('\n')
}

const row = (label: string, figure: string, says = ''): string =>
  `  ${label.padEnd(20)}${figure.padStart(10)}${says === '' ? '' : `  ${says}`}`

/** What the rounds came to, of so many that were asked for: kills by part, other faults by kind, and what was done to people. */
export const closingReport = (
  verdicts: readonly RoundVerdict[],
  of: number,
  stream: ReportOutput,
): string => {
  const totals = totalsOf(verdicts, of)
  const rounds = `${totals.rounds === of ? '' : `${inThousands(totals.rounds)} of `}${inThousands(of)} rounds`
  const failed = verdicts.filter(({ verdict }) => verdict === 'fail').map(({ round }) => String(round))
  return [
    '',
    `  ${paint(totals.verdict, stream)}  ${rounds} in ${inSeconds(totals.tookMs)}: ${inThousands(totals.presses)} presses, ${inThousands(totals.rows)} rows`,
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
    ...harmNames.map((name) => row(harmWords[name], inThousands(totals[name]))),
    row('longest silence', inSeconds(totals.silenceMsMax), 'somebody waited, nobody was answered'),
    ...(failed.length === 0 ? [] : ['', ...wrap([`  failed: round ${failed[0]}`, ...failed.slice(1)], '')]),
    '',
  ].join('\n')
}
