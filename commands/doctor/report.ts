import { styleText } from 'node:util'
import type { Examination, Finding, Status } from '../../coupon/requirements/finding.ts'

const signs = { ok: '✓', warn: '!', fail: '✗', unknown: '?' } as const
const colours = { ok: 'green', warn: 'yellow', fail: 'red', unknown: 'cyan' } as const
const verbs = { ok: 'well', warn: 'to look at', fail: 'wrong', unknown: 'unknown' } as const
const order: readonly Status[] = ['fail', 'warn', 'unknown', 'ok']

/** How many of each kind there are. */
export const countsOf = (examinations: readonly Examination[]): Record<Status, number> => {
  const counts: Record<Status, number> = { ok: 0, warn: 0, fail: 0, unknown: 0 }
  for (const { findings } of examinations) for (const { status } of findings) counts[status] += 1
  return counts
}

/** Everything that was found: the sum first, then place by place; what is not well with what to change, and why. */
export const terminalReport = (
  examinations: readonly Examination[],
  stream: NodeJS.WritableStream,
): string => {
  const paint = (status: Status, text: string): string => styleText(colours[status], text, { stream })
  const counts = countsOf(examinations)
  const sum = order
    .filter((status) => counts[status] > 0)
    .map((status) => paint(status, `${signs[status]} ${counts[status]} ${verbs[status]}`))
  const linesOf = ({ status, name, found, expected, mend, why }: Finding): string[] => [
    `    ${paint(status, signs[status])} ${name}: ${found}`,
    ...(status === 'ok'
      ? []
      : [
          `        expected  ${expected}`,
          // What is unknown may be well.
          `        ${status === 'unknown' ? 'if not  ' : 'change  '}  ${mend}`,
          `        why       ${why}`,
        ]),
  ]
  return [
    '',
    `  ${sum.join('   ')}`,
    '',
    ...examinations.flatMap(({ place, address, findings }) => [
      `  ${place}  ${address}`,
      ...findings.flatMap(linesOf),
      '',
    ]),
    '',
  ].join('\n')
}
