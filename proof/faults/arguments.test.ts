import { expect, test } from 'vitest'
import { Failure } from '../../platform/failure.ts'
import { isChosen, parseArguments } from './arguments.ts'

const kinds = ['api-kill', 'redis-kill', 'redis-empty', 'redis-pause', 'kafka-pause', 'link-cut']
const parse = (words: string): unknown =>
  parseArguments(
    words.split(' ').filter((word) => word !== ''),
    kinds,
  )

test('without options it is three rounds with every fault, a seed of its own, and nothing recorded', () => {
  expect(parse('')).toEqual({ rounds: 3, only: [], isRecorded: false })
})

test('every option is read', () => {
  expect(parse('--rounds 20 --seed a-1.b_C --only redis,kafka-pause --record --folder here')).toEqual({
    ...{ rounds: 20, seed: 'a-1.b_C', only: ['redis', 'kafka-pause'], isRecorded: true, folder: 'here' },
  })
})

test('help is no fault', () => {
  expect(parse('--help')).toBe('help')
  expect(parse('-h --rounds 0')).toBe('help')
})

const choices: [string, string[]][] = [
  ['redis', ['redis-kill', 'redis-empty', 'redis-pause']],
  ['kill', ['api-kill', 'redis-kill']],
  ['redis-kill', ['redis-kill']],
  ['api,pause', ['api-kill', 'redis-pause', 'kafka-pause']],
  ['link,redis-empty', ['redis-empty', 'link-cut']],
]

test.each(choices)('--only %s chooses %j', (words, chosen) => {
  expect(kinds.filter((kind) => isChosen(kind, words.split(',')))).toEqual(chosen)
})

test('no word chooses every fault', () => {
  expect(kinds.filter((kind) => isChosen(kind, []))).toEqual(kinds)
})

const refusedWords: [string, RegExp][] = [
  ['now', /expected no words beside the options, not now/],
  ['--round 5', /Unknown option '--round'/],
  ['--rounds 0', /--rounds: expected 1 to 1000, not 0/],
  ['--rounds 1001', /--rounds/],
  ['--rounds ten', /--rounds/],
  ['--seed a|b', /--seed: expected/],
  [`--seed ${'a'.repeat(41)}`, /--seed: expected/],
  ['--only disk', /--only: expected a part, what is done, or a fault as listed below, not disk/],
  ['--only redis,', /--only: .*not nothing/],
  ['--only red', /not red/],
  ['--only redis-kills', /not redis-kills/],
]

test.each(refusedWords)('`%s` is refused, with every fault that there is', (words, fault) => {
  expect(() => parse(words)).toThrow(Failure)
  expect(() => parse(words)).toThrow(fault)
  expect(() => parse(words)).toThrow(/redis +redis-kill redis-empty redis-pause/)
})

test('several faults of use are named at once', () => {
  expect(() => parse('--rounds 0 --only disk')).toThrow(/--only[^]*--rounds/)
})
