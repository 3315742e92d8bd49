import { expect, test } from 'vitest'
import { parseArguments, usage } from './arguments.ts'
import { reasons } from './reasons.ts'

test.each([
  ['list', { kind: 'list', isJson: false, limit: 100 }],
  ['list --limit 3 --reason late', { kind: 'list', isJson: false, reason: 'late', limit: 3 }],
  ['list --json', { kind: 'list', isJson: true, limit: 100_000_000 }],
  ['list --json --limit 7', { kind: 'list', isJson: true, limit: 7 }],
  ['show 0:17', { kind: 'show', isJson: false, place: { partition: 0, offset: 17 } }],
  ['show --json 2:0', { kind: 'show', isJson: true, place: { partition: 2, offset: 0 } }],
  ['redrive 0:17', { kind: 'redrive', which: { partition: 0, offset: 17 }, isDryRun: false }],
  ['redrive --dry-run 0:1', { kind: 'redrive', which: { partition: 0, offset: 1 }, isDryRun: true }],
  ['redrive --all', { kind: 'redrive', which: 'all', isDryRun: false }],
  [
    'redrive --all --reason invalid --dry-run',
    { kind: 'redrive', which: 'all', reason: 'invalid', isDryRun: true },
  ],
])('%s is understood', (words, command) => {
  expect(parseArguments(words.split(' '))).toEqual(command)
})

test.each([
  ['', 'expected list, show or redrive, not nothing'],
  ['drop 0:17', 'expected list, show or redrive, not drop'],
  ['list 0:17', 'list: expected no words beside it, not 0:17'],
  ['list --limit 0', '--limit: expected 1 to 100000000, not 0'],
  ['list --limit 1e3', '--limit: expected 1 to 100000000, not 1e3'],
  ['list --reason lat', `--reason: expected ${reasons.join(', ')}, not lat`],
  ['list --all', '--all: list does not take it'],
  ['list --dry-run', '--dry-run: list does not take it'],
  ['show', 'expected a dead letter as list names it, 0:17 for instance, not nothing'],
  ['show 17', 'expected a dead letter as list names it, 0:17 for instance, not 17'],
  ['show 0:1 0:2', 'expected a dead letter as list names it, 0:17 for instance, not 0:1 0:2'],
  ['show 0:1 --limit 3', '--limit: show does not take it'],
  ['redrive', 'expected a dead letter as list names it, 0:17 for instance, not nothing'],
  ['redrive --all 0:17', '--all: expected no words beside it, not 0:17'],
  ['redrive 0:17 --reason late', '--reason: goes with --all'],
  ['redrive --all --json', '--json: redrive does not take it'],
  ['redrive --al', "Unknown option '--al'"],
])('%j is refused: %s', (words, fault) => {
  expect(() => parseArguments(words.split(' ').filter((word) => word !== ''))).toThrow(
    expect.objectContaining({ code: 'refused', message: `${fault}\n\n${usage}` }),
  )
})

test('all that is wrong is said at once', () => {
  expect(() => parseArguments(['list', '0:1', '--limit', 'x', '--reason', 'y', '--all'])).toThrow(
    /--all: .*\n--reason: .*\n.*0:1\n--limit: /,
  )
})

test('--help is told from everything else', () => {
  expect(parseArguments(['show', '--help'])).toBe('help')
})
