import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import type { Examination, Finding } from '../../coupon/requirements/finding.ts'
import { terminalReport } from './report.ts'

const finding = (status: Finding['status'], name: string): Finding => ({
  ...{ place: 'Redis', name, status, found: 'what there is', expected: 'what there should be' },
  ...{ mend: 'the command', why: 'the promise' },
})
const examinations: Examination[] = [
  {
    ...{ place: 'Redis', address: 'redis://127.0.0.1:6379', isRead: true },
    findings: [
      finding('ok', 'one'),
      finding('fail', 'two'),
      finding('unknown', 'three'),
      finding('warn', 'four'),
      finding('ok', 'five'),
    ],
  },
]
/** A stream of which colours are known, and nothing is written. */
const stream = (isTerminal: boolean): NodeJS.WritableStream =>
  Object.assign(new Writable(), { isTTY: isTerminal, getColorDepth: () => (isTerminal ? 24 : 1) })

test('a report begins with the sum, and says what to change of all that is not well', () => {
  const lines = terminalReport(examinations, stream(false)).split('\n')
  expect(lines.slice(0, 12)).toEqual([
    '',
    '  ✗ 1 wrong   ! 1 to look at   ? 1 unknown   ✓ 2 well',
    '',
    '  Redis  redis://127.0.0.1:6379',
    '    ✓ one: what there is',
    '    ✗ two: what there is',
    '        expected  what there should be',
    '        change    the command',
    '        why       the promise',
    '    ? three: what there is',
    '        expected  what there should be',
    '        if not    the command',
  ])
})

test('a report has colours on a terminal and nowhere else', () => {
  expect(terminalReport(examinations, stream(false))).not.toContain('\u001B')
  expect(terminalReport(examinations, stream(true))).toContain('\u001B[31m✗')
})
