import { expect, test } from 'vitest'
import { Failure } from '../../platform/failure.ts'
import { type BurstArguments, commandOf, parseArguments } from './load.ts'
import { overloadCommand, type OverloadPlan } from './overload.ts'
import { readLoadSettings } from '../settings.ts'

test('a burst without flags is 20,000 shoppers for 10,000 coupons', () => {
  expect(parseArguments(['burst'])).toEqual({
    kind: 'burst',
    burst: { shoppers: 20_000, stock: 10_000, connections: 256, warmUp: 10_000 },
  })
})

test('every flag is read', () => {
  const words =
    'burst --shoppers 5 --stock 7 --connections 3 --warm-up 0 --url http://127.0.0.1:9000 --baseline --pairs 2 --json a --report b'
  expect(parseArguments(words.split(' '))).toEqual({
    kind: 'burst',
    burst: {
      shoppers: 5,
      stock: 7,
      connections: 3,
      warmUp: 0,
      url: 'http://127.0.0.1:9000',
      pairs: 2,
      json: 'a',
      report: 'b',
    },
  })
})

test('the command in a report does the same again and names no file and no host', () => {
  const words = 'burst --shoppers 5 --stock 7 --baseline --url http://127.0.0.1:9000 --json a --report b'
  const parsed = parseArguments(words.split(' '))
  const asked: BurstArguments | undefined =
    parsed !== 'help' && parsed.kind === 'burst' ? parsed.burst : undefined
  const command = asked === undefined ? '' : commandOf(asked)
  expect(command).toBe('npm run load -- burst --shoppers 5 --stock 7 --baseline --pairs 3')
  const { url: _, json: __, report: ___, ...rest } = asked ?? {}
  expect(parseArguments(command.split(' ').slice(4))).toEqual({ kind: 'burst', burst: rest })
})

test('three pairs unless said otherwise, and no more connections than shoppers', () => {
  expect(parseArguments(['burst', '--baseline', '--shoppers', '9'])).toMatchObject({
    burst: { pairs: 3, connections: 9 },
  })
})

test('an overload without flags is three times the peak over 20,000 connections, and its command does the same again', () => {
  const parsed = parseArguments(['overload', '--json', 'a'])
  const { json, ...plan } = parsed !== 'help' && parsed.kind === 'overload' ? parsed.overload : {}
  expect(json).toBe('a')
  expect(plan).toEqual({
    ...{ connections: 20_000, seconds: 10, times: 3, patienceSeconds: 5 },
    ...{ peakShoppers: 50_000, peakConnections: 256, warmUp: 10_000 },
  })
  const command = overloadCommand(plan as OverloadPlan)
  expect(command).toMatch(/^npm run load -- overload /)
  expect(parseArguments(command.split(' ').slice(4))).toEqual({ kind: 'overload', overload: plan })
})

test('help is no fault', () => {
  expect(parseArguments(['--help'])).toBe('help')
  expect(parseArguments(['burst', '-h'])).toBe('help')
})

const refusedWords: [string, RegExp][] = [
  ['', /expected the scenario burst or overload, not nothing/],
  ['flood', /expected the scenario burst or overload, not flood/],
  ['burst burst', /not burst burst/],
  ['burst --shopper 5', /Unknown option '--shopper'/],
  ['burst --shoppers', /--shoppers/],
  ['burst --shoppers 0', /--shoppers: expected 1 to 500000, not 0/],
  ['burst --shoppers 500001', /--shoppers/],
  ['burst --shoppers 1e3', /--shoppers/],
  ['burst --stock ten', /--stock: expected 1 to 10000000, not ten/],
  ['burst --stock 10000001', /--stock/],
  ['burst --connections 0', /--connections/],
  ['burst --connections 4097', /--connections/],
  ['burst --warm-up 100001', /--warm-up/],
  ['burst --pairs 2', /--pairs: only with --baseline/],
  ['burst --baseline --pairs 21', /--pairs: expected 1 to 20/],
  ['burst --url example', /--url: expected an origin/],
  ['burst --url http://127.0.0.1:8080/v1', /--url/],
  ['burst --url https://127.0.0.1', /--url/],
  ['overload burst', /expected one scenario, not overload burst/],
  ['overload --connections 0', /--connections: expected 1 to 60000, not 0/],
  ['overload --times 21', /--times: expected 1 to 20/],
  ['overload --shoppers 5', /Unknown option '--shoppers'/],
  ['overload --metrics nowhere', /--metrics: expected an address/],
]

test.each(refusedWords)('`%s` is refused, with all that is accepted', (words, fault) => {
  const parse = (): unknown => parseArguments(words.split(' ').filter((word) => word !== ''))
  expect(parse).toThrow(Failure)
  expect(parse).toThrow(fault)
  expect(parse).toThrow(/--connections N/)
})

test('several faults are named at once', () => {
  const parse = (): unknown => parseArguments(['burst', '--stock', 'x', '--shoppers', 'y'])
  expect(parse).toThrow(/--shoppers.*\n--stock/)
})

const environment = {
  JWT_SECRET: 'a secret of many bytes',
  ADMIN_TOKEN: 'a token of many bytes',
  DATABASE_URL: 'mysql://user:password@127.0.0.1:3306/firstcome',
}

test('settings: the API is on port 8080 unless the environment or the flag says otherwise', () => {
  expect(readLoadSettings(environment).apiUrl).toBe('http://127.0.0.1:8080')
  expect(readLoadSettings({ ...environment, API_URL: 'http://127.0.0.1:9000' }).apiUrl).toBe(
    'http://127.0.0.1:9000',
  )
  expect(
    readLoadSettings({ ...environment, API_URL: 'http://127.0.0.1:9000' }, 'http://127.0.0.1:9001/').apiUrl,
  ).toBe('http://127.0.0.1:9001')
})

test('settings: all that is missing is named at once, with what brings it', () => {
  expect(() => readLoadSettings({})).toThrow(/JWT_SECRET[^]*ADMIN_TOKEN[^]*DATABASE_URL[^]*npm start/)
})
