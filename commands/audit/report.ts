import { styleText } from 'node:util'
import type { AuditResult } from '../../coupon/audit/audit.ts'
import type { Check, Verdict } from '../../coupon/audit/compare/check.ts'

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const colours = { pass: 'green', fail: 'red', 'in-flight': 'yellow' } as const
const words = { pass: 'PASS', fail: 'FAIL', 'in-flight': 'IN FLIGHT' } as const

const paint = (verdict: Verdict, text: string, stream: NodeJS.WritableStream): string =>
  styleText([colours[verdict], 'bold'], text, { stream })

/** How much a check covers: `10,000`, or `3 of 10,000` that fail or are in flight. */
const extent = ({ verdict, count, looked }: Check): string =>
  verdict === 'pass' ? whole.format(looked) : `${whole.format(count)} of ${whole.format(looked)}`

const checkLines = (check: Check, stream: NodeJS.WritableStream): string[] => {
  const verdict = paint(check.verdict, check.verdict.padEnd(9), stream)
  const name = (check.fault ?? 'clients').padEnd(21)
  return [
    `    ${verdict} ${name}${extent(check).padStart(22)}  ${check.how}`,
    ...check.examples.map((example) => `              ${example}`),
  ]
}

const sentence = ({ verdict, checks, books }: AuditResult): string => {
  const { rows, records, winners, pending, late } = books
  const read = [
    `${whole.format(rows)} rows`,
    `${whole.format(records)} records`,
    `${whole.format(winners)} winners`,
    `${whole.format(pending)} in the outbox`,
    ...(late > 0 ? [`${whole.format(late)} late`] : []),
  ].join(', ')
  if (verdict === 'pass') return read
  const named = checks.filter((check) => check.verdict === verdict)
  return `${read}: ${named.map(({ fault, promise }) => fault ?? promise).join(', ')}`
}

/** An audit for people: the verdict first, then the checks of every promise. */
export const auditReport = (result: AuditResult, tookMs: number, stream: NodeJS.WritableStream): string =>
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
