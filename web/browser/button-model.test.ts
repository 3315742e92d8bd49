import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { countdownText, isPressable, type OwnPress, type SaleFacts, stateOfButton } from './button-model.ts'

const opensAtMs = 1_000_000
const facts = (changes: Partial<SaleFacts> = {}): SaleFacts => ({
  ...{ state: 'open', stock: 100, remaining: 40, opensAtMs, closesAtMs: 2_000_000 },
  ...changes,
})
const none: OwnPress = { kind: 'none' }
const stateAt = (nowMs: number, changes?: Partial<SaleFacts>, press: OwnPress = none, isSignedIn = true) =>
  stateOfButton(facts(changes), press, { nowMs, isSignedIn })

const states = ['scheduled', 'open', 'paused', 'sold-out', 'closed', 'recovering'] as const
const anyFacts = fc.record({
  state: fc.constantFrom(...states),
  stock: fc.constant(100),
  remaining: fc.nat(100),
  opensAtMs: fc.constant(opensAtMs),
  closesAtMs: fc.constant(2_000_000),
})
const anyMoment = fc.record({ nowMs: fc.nat(3_000_000), isSignedIn: fc.boolean() })

describe('the state of the button', () => {
  test('opens at the millisecond, although the last facts say that it is scheduled', () => {
    const scheduled = { state: 'scheduled' } as const
    expect(stateAt(opensAtMs - 10_001, scheduled)).toBe('scheduled')
    expect(stateAt(opensAtMs - 10_000, scheduled)).toBe('imminent')
    expect(stateAt(opensAtMs - 1, scheduled)).toBe('imminent')
    expect(stateAt(opensAtMs, scheduled)).toBe('open')
  })

  test('a winner stays one, whatever everybody else is told', () => {
    fc.assert(
      fc.property(fc.option(anyFacts, { nil: undefined }), anyMoment, (given, moment) => {
        for (const kind of ['granted', 'already', 'usable'] as const)
          expect(stateOfButton(given, { kind, rank: 7, usableUntil: '' }, moment)).toBe(kind)
      }),
    )
  })

  test('a press without an answer is never shown as sold out, and can be pressed again', () => {
    fc.assert(
      fc.property(anyFacts, anyMoment, (given, moment) => {
        const state = stateOfButton(given, { kind: 'unanswered' }, moment)
        expect([state, isPressable(state)]).toEqual(['unanswered', true])
      }),
    )
  })

  test('who was too early can press when it opens', () => {
    const press: OwnPress = { kind: 'not-open', untilMs: opensAtMs }
    const scheduled = { state: 'scheduled' } as const
    expect(stateAt(opensAtMs - 1, scheduled, press)).toBe('not-open')
    expect(stateAt(opensAtMs, scheduled, press)).toBe('open')
    // The operator opened it earlier.
    expect(stateAt(opensAtMs - 1, { opensAtMs: 5_000 }, press)).toBe('open')
  })

  test('who met a crowd presses again while it is open, and is told when it is not', () => {
    expect(stateAt(1_500_000, {}, { kind: 'busy' })).toBe('busy')
    expect(stateAt(1_500_000, { state: 'sold-out', remaining: 0 }, { kind: 'busy' })).toBe('sold-out')
    expect(stateAt(1_500_000, { state: 'paused' }, { kind: 'busy' })).toBe('paused')
    expect(stateAt(2_000_000, {}, { kind: 'busy' })).toBe('ended')
  })

  test('more stock reopens a sale that was sold out', () => {
    const press: OwnPress = { kind: 'sold-out', atMs: opensAtMs }
    expect(stateAt(1_500_000, { state: 'sold-out', remaining: 0 }, press)).toBe('sold-out')
    expect(stateAt(1_500_000, { state: 'open', remaining: 3 }, press)).toBe('open')
  })

  test('who is not signed in is asked to, unless there is nothing to press for', () => {
    expect(stateAt(1_500_000, { state: 'paused' }, none, false)).toBe('paused')
    expect(stateAt(1_500_000, { state: 'recovering' }, none, false)).toBe('recovering')
    expect(stateAt(1_500_000, {}, none, false)).toBe('sign-in')
    expect(stateAt(1_500_000, { state: 'sold-out' }, none, false)).toBe('sold-out')
    expect(stateAt(2_000_000, {}, none, false)).toBe('ended')
  })

  test('a sale that does not exist is missing, whoever asks', () => {
    for (const isSignedIn of [true, false])
      expect(stateOfButton(undefined, none, { nowMs: 0, isSignedIn })).toBe('missing')
  })
})

test.each([
  [-5, '0'],
  [0, '0'],
  [50, '0.1'],
  [9_950, '10.0'],
  [9_999, '10.0'],
  [10_000, '0:10'],
  [59_001, '1:00'],
  [61_000, '1:01'],
  [3_600_000, '1:00:00'],
  [90_061_000, '25:01:01'],
])('%i ms are counted down as %s', (leftMs, text) => {
  expect(countdownText(leftMs)).toBe(text)
})
