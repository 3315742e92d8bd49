import { expect, test } from 'vitest'
import { ablationResultOf } from './ablation-result.ts'
import type { TestReport } from './test-report.ts'

const title = 'a unit (1 of %i) is "sold" once'
const report = (...results: [string, string, string?][]): TestReport => ({
  testResults: [
    {
      name: 'a.test.ts',
      assertionResults: results.map(([name, status, message]) => ({
        title: name,
        status,
        failureMessages: message === undefined ? [] : [message],
      })),
    },
  ],
})
const other: [string, string] = ['another test', 'failed']

test.each<[string, TestReport, object]>([
  [
    'failed with a message of its own',
    report(other, ['a unit (1 of 3) is "sold" once', 'failed', 'AssertionError: expected 2 to be 1\n  at x']),
    { kind: 'noticed', by: 'AssertionError: expected 2 to be 1' },
  ],
  [
    'failed in one row of its table',
    report(
      ['a unit (1 of 3) is "sold" once', 'passed'],
      ['a unit (1 of 4) is "sold" once', 'failed', 'Error: Test timed out in 60000ms.'],
    ),
    { kind: 'noticed', by: 'Error: Test timed out in 60000ms.' },
  ],
  [
    'passed, though another failed',
    report(other, ['a unit (1 of 3) is "sold" once', 'passed']),
    { kind: 'unnoticed' },
  ],
  [
    'was not run',
    report(other, ['a unit (1 of 3) is "sold" once', 'skipped']),
    { kind: 'untried', why: 'no test of this title ran' },
  ],
  [
    'is in a file that could not be loaded',
    {
      testResults: [
        { name: 'a.test.ts', message: "Error: Cannot find module './b.ts'", assertionResults: [] },
      ],
    },
    { kind: 'untried', why: "Error: Cannot find module './b.ts'" },
  ],
  ...[
    'ReferenceError: gone is not defined',
    'TypeError: gate.gone is not a function',
    "Failure: Redis: ERR user_script:5: Script attempted to access nonexistent global variable 'gone'",
    'SyntaxError: Unexpected token',
  ].map((message): [string, TestReport, object] => [
    `failed because the edited code does not run (${message.slice(0, 20)})`,
    report(['a unit (1 of 3) is "sold" once', 'failed', message]),
    { kind: 'untried', why: message },
  ]),
])('a test that %s', (_, given, result) => {
  expect(ablationResultOf(given, title)).toEqual(result)
})
