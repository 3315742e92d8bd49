import { styleText } from 'node:util'
import type { AuditResult } from '../../coupon/audit/audit.ts'
import type { Check, Verdict } from '../../coupon/audit/compare/check.ts'

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const colours = { pass: 'green', fail: 'red', 'in-flight': 'yellow' } as const
const words = { pass: 'PASS', fail: 'FAIL', 'in-flight': 'IN FLIGHT' } as const

const paint = (verdict: Verdict, text: string, stream: NodeJS.WritableStream): string =>
  styleText([colours[verdict], 'bold'], text, { stream })

/** How much a check rests on: `10,000`, or `3 of 10,000` when not all is well. */
const extent = ({ verdict, count, looked }: Check): string =>
  verdict === 'pass' ? whole.format(looked) : `${whole.format(count)} of ${whole.format(looked)}`

const checkLines = (check: Check, stream: NodeJS.WritableStream): string[] => [
  `    ${paint(check.verdict, check.verdict.padEnd(9), stream)} ${(check.fault ?? 'clients').padEnd(21)}${extent(check).padStart(22)}  ${check.how}`,
  ...check.examples.map((example) => `              ${example}`),
]

const sentence = ({ verdict, checks, books }: AuditResult): string => {
  const { rows, records, winners, pending } = books
  const read = [
    `${whole.format(rows)} rows`,
    `${whole.format(records)} records`,
    `${whole.format(winners)} winners`,
    `${whole.format(pending)} in the outbox`,
  ]
  const named = checks
    .filter((check) => check.verdict === verdict)
    .map(({ fault, promise }) => fault ?? promise)
  return verdict === 'pass' ? read.join(', ') : `${read.join(', ')}: ${named.join(', ')}`
}

/** An audit: the verdict before anything else, then every promise with what was looked for. */
export const terminalReport = (result: AuditResult, tookMs: number, stream: NodeJS.WritableStream): string =>
  [
    '',
    `  ${paint(result.verdict, words[result.verdict], stream)}  ${sentence(result)}`,
    '',
    ...[...Map.groupBy(result.checks, ({ promise }) => promise)].flatMap(([promise, checks]) => [
      `  ${promise}`,
      ...checks.flatMap((check) => checkLines(check, stream)),
    ]),
    '',
    ...result.notes.map((note) => `  ${note}`),
    `  campaign ${result.campaignId}, ${(tookMs / 1_000).toFixed(1)} s`,
    '',
  ].join('\n')
