import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import type { Examination, Finding } from '../../coupon/requirements/finding.ts'
import { doctorReport } from './report.ts'

const finding = (level: Finding['level'], name: string): Finding => ({
  place: 'Redis',
  name,
  level,
  found: 'the state',
  expected: 'the need',
  fix: 'the command',
  why: 'the promise',
})
const examinations: Examination[] = [
  {
    place: 'Redis',
    address: 'redis://127.0.0.1:6379',
    isRead: true,
    findings: [
      finding('ok', 'one'),
      finding('failed', 'two'),
      finding('unknown', 'three'),
      finding('warning', 'four'),
      finding('ok', 'five'),
    ],
  },
]
/** A stream that says whether it has colours. */
const stream = (isTerminal: boolean): NodeJS.WritableStream =>
  Object.assign(new Writable(), { isTTY: isTerminal, getColorDepth: () => (isTerminal ? 24 : 1) })

test('a report begins with the counts, and has a fix for each finding that is not ok', () => {
  const lines = doctorReport(examinations, stream(false)).split('\n')
  expect(lines.slice(0, 12)).toEqual([
    '',
    '  ✗ 1 failed   ! 1 warning   ? 1 unknown   ✓ 2 ok',
    '',
    '  Redis  redis://127.0.0.1:6379',
    '    ✓ one: the state',
    '    ✗ two: the state',
    '        expected  the need',
    '        fix       the command',
    '        why       the promise',
    '    ? three: the state',
    '        expected  the need',
    '        if not    the command',
  ])
})

test('a report has colours on a terminal and nowhere else', () => {
  expect(doctorReport(examinations, stream(false))).not.toContain('\u001B')
  expect(doctorReport(examinations, stream(true))).toContain('\u001B[31m✗')
})
