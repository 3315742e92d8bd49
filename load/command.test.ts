import { describe, expect, test } from 'vitest'
import { runInProcess } from '../test/harness/processes/run-in-process.ts'
import { burstArgumentsOf, burstCommandLine } from './arguments/burst.ts'
import { fairnessCommandLine, fairnessPlanOf } from './arguments/fairness.ts'
import { overloadCommandLine, overloadPlanOf } from './arguments/overload.ts'
import { steadyCommandLine, steadyPlanOf } from './arguments/steady.ts'
import { loadCommand } from './command.ts'
import { burstCommand } from './commands/burst-command.ts'
import { fairnessCommand } from './commands/fairness-command.ts'
import { overloadCommand } from './commands/overload-command.ts'
import { steadyCommand } from './commands/steady-command.ts'
import { originOf } from './wiring.ts'

const wordsOf = (text: string): string[] => text.split(' ').filter((word) => word !== '')

const parseBurst = (words: string) => {
  const values = burstCommand.parse(wordsOf(words))
  if (values === 'help') throw new Error('help')
  return { ...burstArgumentsOf(values), url: values.url, report: values.report, history: values.history }
}
const parseOverload = (words: string) => {
  const values = overloadCommand.parse(wordsOf(words))
  if (values === 'help') throw new Error('help')
  return overloadPlanOf(values)
}
const parseSteady = (words: string) => {
  const values = steadyCommand.parse(wordsOf(words))
  if (values === 'help') throw new Error('help')
  return steadyPlanOf(values)
}
const noFiles = { url: undefined, report: undefined, history: undefined }

describe('burst', () => {
  test('without options is 20,000 shoppers for 10,000 coupons', () => {
    expect(parseBurst('')).toEqual({
      shoppers: 20_000,
      stock: 10_000,
      connections: 256,
      warmUp: 10_000,
      rounds: undefined,
      ...noFiles,
    })
  })

  test('reads every option', () => {
    const numbers = '--shoppers 5 --stock 7 --connections 3 --warm-up 0 --baseline --rounds 2'
    expect(parseBurst(`${numbers} --url http://127.0.0.1:9000 --report b --history c`)).toEqual({
      shoppers: 5,
      stock: 7,
      connections: 3,
      warmUp: 0,
      rounds: 2,
      url: 'http://127.0.0.1:9000',
      report: 'b',
      history: 'c',
    })
  })

  test('has five rounds unless told otherwise, and no more connections than shoppers', () => {
    expect(parseBurst('--baseline --shoppers 9')).toMatchObject({ rounds: 5, connections: 9 })
  })

  test('the command line in a report repeats it, without files and hosts', () => {
    const asked = parseBurst('--shoppers 5 --stock 7 --baseline --url http://127.0.0.1:9000 --report b')
    const line = burstCommandLine(asked)
    expect(line).toBe('npm run load -- burst --shoppers 5 --stock 7 --baseline --rounds 5')
    expect(parseBurst(line.split(' ').slice(5).join(' '))).toEqual({ ...asked, ...noFiles })
  })
})

test('an overload without options is three times the peak over 20,000 connections', () => {
  const plan = parseOverload('')
  expect(plan).toEqual({
    connections: 20_000,
    seconds: 10,
    times: 3,
    patienceSeconds: 5,
    peakShoppers: 50_000,
    peakConnections: 256,
    warmUp: 10_000,
  })
  const line = overloadCommandLine(plan)
  expect(line).toMatch(/^npm run load -- overload /)
  expect(parseOverload(line.split(' ').slice(5).join(' '))).toEqual(plan)
})

test('a fairness run without options is one burst of each kind, and its command line repeats it', () => {
  const parse = (words: string) => {
    const values = fairnessCommand.parse(wordsOf(words))
    if (values === 'help') throw new Error('help')
    return fairnessPlanOf(values)
  }
  const plan = parse('')
  expect(plan).toEqual({ shoppers: 20_000, stock: 20_000, connections: 256, rounds: 1, warmUp: 2_000 })
  const other = { shoppers: 9, stock: 5, connections: 3, rounds: 2, warmUp: 0 }
  for (const one of [plan, other])
    expect(parse(fairnessCommandLine(one).split(' ').slice(5).join(' '))).toEqual(one)
})

test('a steady run without options is 1,000 presses a second for 10 s', () => {
  expect(parseSteady('')).toEqual({
    pressesPerSecond: 1_000,
    seconds: 10,
    warmUpSeconds: 3,
    connections: 512,
    sweepP99Ms: undefined,
  })
})

test('a sweep has a bar of 50 ms, and its command line repeats it', () => {
  const plan = parseSteady('--sweep --warm-up 0 --connections 9 --baseline')
  expect(plan).toMatchObject({ sweepP99Ms: 50, warmUpSeconds: 0, connections: 9 })
  expect(parseSteady(steadyCommandLine(plan).split(' ').slice(5).join(' '))).toEqual(plan)
})

const environment = {
  JWT_SECRET: 'a secret of many bytes: at least 32',
  ADMIN_TOKEN: 'a token of many bytes',
  DATABASE_URL: 'mysql://user:password@127.0.0.1:9/firstcome',
}

test.each([
  ['', /^expected burst, steady, .+ or [\w-]+, not nothing/],
  ['flood', /^expected burst, steady, .+ or [\w-]+, not flood/],
  ['burst burst', /^expected no words beside the options, not burst/],
  ['burst --shopper 5', /^Unknown option '--shopper'/],
  ['burst --shoppers', /^Option '--shoppers <value>' argument missing/],
  ['burst --shoppers 0', /^--shoppers: expected 1 to 500000, not 0/],
  ['burst --shoppers 500001', /^--shoppers: expected/],
  ['burst --shoppers 1e3', /^--shoppers: expected/],
  ['burst --stock ten', /^--stock: expected 1 to 10000000, not ten/],
  ['burst --stock 10000001', /^--stock: expected/],
  ['burst --connections 0', /^--connections: expected/],
  ['burst --connections 4097', /^--connections: expected/],
  ['burst --warm-up 100001', /^--warm-up: expected/],
  ['burst --rounds 2', /^--rounds: only with --baseline/],
  ['burst --baseline --rounds 21', /^--rounds: expected 1 to 20/],
  ['burst --url example', /^--url: expected an origin/],
  ['burst --url http://127.0.0.1:8080/v1', /^--url: expected an origin/],
  ['burst --url https://127.0.0.1', /^--url: expected an origin/],
  ['burst --stock x --shoppers y', /^--shoppers: .*\n--stock: /],
  ['overload burst', /^expected no words beside the options, not burst/],
  ['overload --connections 0', /^--connections: expected 1 to 60000, not 0/],
  ['overload --times 21', /^--times: expected 1 to 20/],
  ['overload --shoppers 5', /^Unknown option '--shoppers'/],
  ['refusals --requests 99', /^--requests: expected 100 to 50000, not 99/],
  ['refusals --rounds 0', /^--rounds: expected 1 to 20/],
  ['hostile --pairs 0', /^--pairs: expected 1 to 20, not 0/],
  ['hostile --presses 9', /^--presses: expected 10 to 2000/],
  ['listeners --listeners 0', /^--listeners: expected 1 to 60000, not 0/],
  ['masher --presses 1', /^--presses: expected 2 to 1000, not 1/],
  [
    'masher --shoppers 5001 --presses 100',
    /^--presses: expected at most 500000 presses of all shoppers, not 500100/,
  ],
  ['sold-out --stock 9 --presses 9', /^--stock: expected fewer than the 9 presses, not 9/],
  ['life --presses 0', /^--presses: expected 1 to 2000, not 0/],
  ['life --redemptions 501', /^--redemptions: expected 1 to 500/],
  ['life --after 19', /^--after: expected at least 20, twice the seconds before it/],
  ['wallet --shoppers 4', /^--shoppers: expected 5 to 100000, not 4/],
  ['cold-burst --connections 28001', /^--connections: expected 1 to 28000, not 28001/],
  ['overload --metrics nowhere', /^--metrics: expected an address/],
])('`%s` is wrong use', async (words, fault) => {
  const { code, stdout, stderr } = await runInProcess(loadCommand, wordsOf(words), environment)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(fault)
  expect(stderr).toMatch(/--(?:connections|presses) N/)
})

test('the API is the option, the setting, or port 8080', () => {
  expect(originOf(undefined, undefined)).toBe('http://127.0.0.1:8080')
  expect(originOf(undefined, 'http://127.0.0.1:9000')).toBe('http://127.0.0.1:9000')
  expect(originOf('http://127.0.0.1:9001/', 'http://127.0.0.1:9000')).toBe('http://127.0.0.1:9001')
})

test('all settings that are missing are named at once, and what makes them', async () => {
  const { code, stderr } = await runInProcess(loadCommand, ['burst'])
  expect(code).toBe(2)
  expect(stderr).toMatch(/JWT_SECRET: .*npm start[^]*ADMIN_TOKEN: .*npm start[^]*DATABASE_URL: /)
})
