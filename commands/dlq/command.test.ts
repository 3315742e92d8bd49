import { describe, expect, test } from 'vitest'
import { knownReasons } from '../../coupon/dead-letters/advice.ts'
import { runInProcess } from '../../test/harness/processes/run-in-process.ts'
import { dlqCommand, listCommand, redriveCommand, showCommand } from './command.ts'

const [parseList, parseShow, parseRedrive] = [listCommand, showCommand, redriveCommand].map(
  ({ parse }) =>
    (words: string): unknown =>
      parse(words.split(' ').filter((word) => word !== '')),
)
const run = (words: string) => runInProcess(dlqCommand, words.split(' '), { KAFKA_BROKERS: '127.0.0.1:9' })
const all = { letter: undefined, all: true, reason: undefined, 'dry-run': false, json: false }
const one = { ...all, letter: { partition: 0, offset: 17 }, all: false }

describe('words that are accepted', () => {
  test.each([
    ['', { reason: undefined, limit: undefined, json: false }],
    ['--limit 3 --reason late', { reason: 'late', limit: 3, json: false }],
    ['--json --limit 7', { reason: undefined, limit: 7, json: true }],
  ])('list %s', (words, values) => {
    expect(parseList?.(words)).toEqual(values)
  })

  test.each([
    ['0:17', { letter: { partition: 0, offset: 17 }, json: false }],
    ['--json 2:0', { letter: { partition: 2, offset: 0 }, json: true }],
  ])('show %s', (words, values) => {
    expect(parseShow?.(words)).toEqual(values)
  })

  test.each([
    ['0:17', one],
    ['--dry-run 0:17', { ...one, 'dry-run': true }],
    ['--all --json', { ...all, json: true }],
    ['--all --reason invalid --dry-run', { ...all, reason: 'invalid', 'dry-run': true }],
  ])('redrive %s', (words, values) => {
    expect(parseRedrive?.(words)).toEqual(values)
  })
})

const aLetter = 'expected a dead letter as list names it, for example 0:17'

describe('wrong use ends with 2, before Kafka is asked', () => {
  test.each([
    ['drop 0:17', 'expected list, show or redrive, not drop'],
    ['list 0:17', 'expected no words beside the options, not 0:17'],
    ['list --limit 0', '--limit: expected 1 to 100000000, not 0'],
    ['list --limit 1e3', '--limit: expected 1 to 100000000, not 1e3'],
    ['list --reason lat', `--reason: expected ${knownReasons.join(', ')}, not lat`],
    ['list --all', "Unknown option '--all'"],
    ['list --dry-run', "Unknown option '--dry-run'"],
    ['show', `${aLetter}, not nothing`],
    ['show 17', `${aLetter}, not 17`],
    ['show 0:1 0:2', `${aLetter}, not 0:1 0:2`],
    ['show 0:1 --limit 3', "Unknown option '--limit'"],
    ['redrive', `${aLetter}, or --all, not nothing`],
    ['redrive 17', `${aLetter}, not 17`],
    ['redrive --all 0:17', '--all: takes no letter beside it'],
    ['redrive 0:17 --reason late', '--reason: only with --all'],
    ['redrive --al', "Unknown option '--al'"],
    [
      'list 0:1 --limit x',
      'expected no words beside the options, not 0:1\n--limit: expected 1 to 100000000, not x',
    ],
  ])('%s', async (words, faults) => {
    const { code, stdout, stderr } = await run(words)
    expect([code, stdout, stderr.split('\n\n')[0]]).toEqual([2, '', faults])
  })
})
