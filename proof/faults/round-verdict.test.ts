import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AuditResult } from '../../coupon/audit/audit.ts'
import type { Check } from '../../coupon/audit/compare/check.ts'
import { overallVerdict } from '../../coupon/audit/compare/check.ts'
import { type Answer, unanswered } from '../../load/people/answer.ts'
import { createAnswerHistory } from '../../load/people/answer-history.ts'
import { compare, couponOf, soundSources } from '../../test/harness/values/sound-sources.ts'
import { isContractBreach } from './contract-breach.ts'
import { type Harm, noHarm } from './harm.ts'
import { judgeRound, type StruckFault } from './round-verdict.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fault-verdict-'))
})
afterAll(() => rm(folder, { recursive: true }))

const granted: Answer = {
  ...unanswered,
  meaning: { kind: 'granted', coupon: couponOf(1) },
  outcome: 'granted',
  next: 'nothing',
}
const refused: Answer = { ...granted, meaning: { kind: 'refused', code: 'unknown-campaign' } }

const closed: Answer = { ...granted, meaning: { kind: 'refused', code: 'closed' } }
const jump: StruckFault = {
  fault: 'redis-clock',
  part: 'redis',
  isKill: false,
  counts: true,
  inFlight: 1,
  unconfirmed: 0,
  stockLeft: 9,
  atMs: 5,
}

const resultOf = (checks: Check[], rows: number): AuditResult => ({
  campaignId: 'k',
  verdict: overallVerdict(checks),
  checks,
  notes: [],
  books: { rows, records: rows, winners: rows, pending: 0, answers: 1, late: 0 },
})
const sound = resultOf(compare(soundSources()), 20)
const halfRead = resultOf([{ ...compare(soundSources())[0], verdict: 'in-flight', count: 1 } as Check], 20)

/**
 * Judges a round whose people got these answers. The audits have these results in turn, the last one for
 * ever.
 */
const judged = async (
  answers: Answer[],
  audits: (AuditResult | Error | undefined)[],
  limitMs = 60_000,
  struck: readonly StruckFault[] = [],
  changed: { isClosed?: boolean; reasons?: string[] } = {},
) => {
  const history = createAnswerHistory()
  for (const [person, answer] of answers.entries()) history.add(person, answer, { sentMs: 0, answeredMs: 1 })
  const people = {
    history,
    userId: (person: number) => `user-${person + 1}`,
    presses: () => 30,
    count: () => 25,
    silenceMsMax: () => 12,
    breaches: () => new Map(answers.filter(isContractBreach).map(({ outcome }) => [outcome, 1])),
  }
  const historyFile = join(folder, 'history.jsonl')
  const runs: (string | undefined)[] = []
  const verdict = await judgeRound({
    round: 3,
    seed: 'abc',
    campaignId: 'k',
    stock: 20,
    struck,
    people,
    operator: { mayBeClosed: () => changed.isClosed === true, stops: () => [] },
    judgeChanges: async () => changed.reasons ?? [],
    historyFile,
    limitMs,
    now: () => performance.now(),
    startedMs: performance.now(),
    audit: {
      async run(_, scope) {
        runs.push(scope?.history?.campaignId)
        const audited = audits.length > 1 ? audits.shift() : audits[0]
        if (audited instanceof Error) throw audited
        return audited
      },
    },
  })
  return { verdict, runs, written: await readFile(historyFile, 'utf8') }
}

describe('the verdict on a round', () => {
  test('a round whose sources agree passes, and every answer is in its history', async () => {
    const { verdict, runs, written } = await judged([granted], [sound])
    expect(verdict).toMatchObject({
      ...noHarm,
      verdict: 'pass',
      reasons: [],
      rows: 20,
      presses: 30,
      people: 25,
    })
    expect(runs).toEqual(['k'])
    expect(written.split('\n')[1]).toBe(JSON.stringify(['user-1', 1, granted.meaning]))
  })

  test('an audit is repeated while something is in flight or a source cannot be read', async () => {
    const { verdict, runs } = await judged([granted], [new Error('away'), halfRead, sound])
    expect(verdict.verdict).toBe('pass')
    expect(runs).toHaveLength(3)
  })

  const failures: [string, Answer[], AuditResult | Error | undefined, RegExp, Partial<Harm>][] = [
    ['still in flight at the end', [granted], halfRead, /no-oversell open 1/, { unresolved: 1 }],
    ['a source that cannot be read', [granted], new Error('away'), /not audited: away/, {}],
    ['no such campaign', [granted], undefined, /not audited: the ledger has no such campaign/, {}],
    [
      'somebody without a final answer',
      [unanswered],
      sound,
      /1 people have no final answer/,
      { unresolved: 1 },
    ],
    ['a rejection other than sold out', [refused], sound, /1 answers were unknown-campaign/, {}],
    ['coupons that are left', [granted], resultOf(compare(soundSources()), 19), /19 rows of 20/, {}],
    ['a source left out', [granted], { ...sound, notes: ['no gate'] }, /not wholly audited: no gate/, {}],
    [
      'a yes that cannot be read',
      [{ ...granted, outcome: '201 unreadable' }],
      sound,
      /break the contract/,
      {},
    ],
  ]

  test.each(failures)('a round fails and says why: %s', async (_, answers, audit, reason, harm) => {
    const { verdict } = await judged(answers, [audit], 0)
    expect(verdict).toMatchObject({ ...noHarm, ...harm, verdict: 'fail' })
    expect(verdict.reasons).toHaveLength(1)
    expect(verdict.reasons[0]).toMatch(reason)
  })

  test('a campaign may be closed for a while when the clock of Redis jumped, and not otherwise', async () => {
    const closedBy = async (struck: StruckFault[]) =>
      (await judged([closed], [sound], 0, struck)).verdict.reasons
    expect(await closedBy([jump])).toEqual([])
    expect(await closedBy([{ ...jump, fault: 'mysql-clock' }])).toEqual([
      '1 answers were closed, though the campaign was open',
    ])
  })
})
