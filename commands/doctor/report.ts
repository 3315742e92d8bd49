import { styleText } from 'node:util'
import type { Examination, Finding, FindingLevel } from '../../coupon/requirements/finding.ts'

const signs = { ok: '✓', warning: '!', failed: '✗', unknown: '?' } as const
const colours = { ok: 'green', warning: 'yellow', failed: 'red', unknown: 'cyan' } as const
const order: readonly FindingLevel[] = ['failed', 'warning', 'unknown', 'ok']

/** The number of findings at each level. */
export const countsOf = (examinations: readonly Examination[]): Record<FindingLevel, number> => {
  const counts: Record<FindingLevel, number> = { ok: 0, warning: 0, failed: 0, unknown: 0 }
  for (const { findings } of examinations) for (const { level } of findings) counts[level] += 1
  return counts
}

/**
 * All findings for people: the counts first, then every place; a finding that is not ok has its fix and its
 * reason.
 */
export const doctorReport = (examinations: readonly Examination[], stream: NodeJS.WritableStream): string => {
  const paint = (level: FindingLevel, text: string): string => styleText(colours[level], text, { stream })
  const counts = countsOf(examinations)
  const sum = order
    .filter((level) => counts[level] > 0)
    .map((level) => {
      const plural = level === 'warning' && counts.warning > 1 ? 's' : ''
      return paint(level, `${signs[level]} ${counts[level]} ${level}${plural}`)
    })
  const linesOf = ({ level, name, found, expected, fix, why }: Finding): string[] => [
    `    ${paint(level, signs[level])} ${name}: ${found}`,
    ...(level === 'ok'
      ? []
      : [
          `        expected  ${expected}`,
          // What is unknown may be ok.
          `        ${level === 'unknown' ? 'if not  ' : 'fix     '}  ${fix}`,
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
