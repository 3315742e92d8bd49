import { expect, test } from 'vitest'
import { createProgressDisplay } from '../../platform/progress-display.ts'
import { runInProcess } from '../../test/harness/processes/run-in-process.ts'
import { createFaultsCommand } from './command.ts'
import { brokersOf, faultLines, isChosen, strikingOn, unknownWords } from './fault-choice.ts'
import { faultKinds } from './kinds/all.ts'

const command = createFaultsCommand({
  progress: createProgressDisplay({ write: () => true }),
  signal: new AbortController().signal,
})
const parse = (words: string) => command.parse(words.split(' ').filter((word) => word !== ''))

test('without options: three rounds with every fault, a new seed, nothing recorded', () => {
  expect(parse('')).toMatchObject({
    rounds: 3,
    seed: undefined,
    only: undefined,
    record: false,
    folder: undefined,
  })
})

test('every option is read', () => {
  expect(parse('--rounds 20 --seed a-1.b_C --only redis,kafka-pause --record --folder here')).toMatchObject({
    rounds: 20,
    seed: 'a-1.b_C',
    only: ['redis', 'kafka-pause'],
    record: true,
    folder: 'here',
  })
})

const kinds = ['api-kill', 'redis-kill', 'redis-empty', 'redis-pause', 'kafka-pause', 'link-cut']

test.each([
  ['redis', ['redis-kill', 'redis-empty', 'redis-pause']],
  ['kill', ['api-kill', 'redis-kill']],
  ['redis-kill', ['redis-kill']],
  ['api,pause', ['api-kill', 'redis-pause', 'kafka-pause']],
  ['link,redis-empty', ['redis-empty', 'link-cut']],
])('--only %s chooses %j', (words, chosen) => {
  expect(kinds.filter((kind) => isChosen(kind, words.split(',')))).toEqual(chosen)
})

test('without words every fault is chosen', () => {
  expect(kinds.filter((kind) => isChosen(kind, []))).toEqual(kinds)
})

test('words that name no fault are found, and faults are listed by part', () => {
  expect(unknownWords(kinds, ['redis', 'red', 'kill', 'redis-kills', ''])).toEqual(['red', 'redis-kills', ''])
  expect(faultLines(kinds)[1]).toMatch(/^ +redis +redis-kill redis-empty redis-pause$/)
})

const named = (...names: string[]) => faultKinds.filter(({ name }) => names.includes(name))
const seeds = Array.from({ length: 300 }, (_, seed) => String(seed))

test('about every third seed has three brokers, always the same', () => {
  const withThree = seeds.filter((seed) => brokersOf(seed, faultKinds) === 3)
  expect(withThree.length).toBeGreaterThan(60)
  expect(withThree.length).toBeLessThan(140)
  expect(seeds.filter((seed) => brokersOf(seed, faultKinds) === 3)).toEqual(withThree)
})

test('a run has three brokers when nothing else could strike, and one when nothing needs three', () => {
  expect(new Set(seeds.map((seed) => brokersOf(seed, named('kafka-coordinator'))))).toEqual(new Set([3]))
  expect(new Set(seeds.map((seed) => brokersOf(seed, named('kafka-kill', 'link-cut'))))).toEqual(new Set([1]))
})

test('the coordinator of the group is killed among three brokers alone, everything else everywhere', () => {
  expect(strikingOn(3, faultKinds)).toEqual(faultKinds)
  const missing = faultKinds.filter((kind) => !strikingOn(1, faultKinds).includes(kind))
  expect(missing.map(({ name }) => name)).toEqual(['kafka-coordinator'])
})

const anExpectedWord = '--only: expected a part, an action or a fault as listed below'

test.each([
  ['now', 'expected no words beside the options, not now'],
  ['--round 5', "Unknown option '--round'"],
  ['--rounds 0', '--rounds: expected 1 to 1000, not 0'],
  ['--rounds 1001', '--rounds: expected 1 to 1000, not 1001'],
  ['--rounds ten', '--rounds: expected 1 to 1000, not ten'],
  ['--seed a|b', '--seed: expected up to 40 letters, digits, dots, dashes, not a|b'],
  [
    `--seed ${'a'.repeat(41)}`,
    `--seed: expected up to 40 letters, digits, dots, dashes, not ${'a'.repeat(41)}`,
  ],
  ['--only disk', `${anExpectedWord}, not disk`],
  ['--only redis,', `${anExpectedWord}, not nothing`],
  ['--only redis-kills', `${anExpectedWord}, not redis-kills`],
  ['--rounds 0 --only disk', `--rounds: expected 1 to 1000, not 0\n${anExpectedWord}, not disk`],
])('`%s` is refused, with a list of all faults', async (words, faults) => {
  const { code, stdout, stderr } = await runInProcess(command, words.split(' '))
  expect([code, stdout, stderr.split('\n\n')[0]]).toEqual([2, '', faults])
  expect(stderr).toMatch(/redis +redis-/)
})
