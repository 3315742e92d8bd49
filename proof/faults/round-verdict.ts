import { setTimeout as wait } from 'node:timers/promises'
import type { Audit, AuditResult } from '../../coupon/audit/audit.ts'
import { openHistory } from '../../coupon/audit/history.ts'
import type { Check } from '../../coupon/audit/compare/check.ts'
import type { AnswerHistory } from '../../load/people/answer-history.ts'
import { writeHistory } from '../../load/people/write-history.ts'
import { messageOf } from '../../platform/failure.ts'
import { type Harm, harmOf, noHarm } from './harm.ts'
import type { People } from './people.ts'

/** One fault of a round, as things stood when it struck. */
export type StruckFault = {
  /** As in `redis-empty`. */
  fault: string
  /** As in `redis`. */
  part: string
  isKill: boolean
  /** Whether requests were in flight and stock was left. */
  counts: boolean
  inFlight: number
  /** Grants that the log had not confirmed. */
  unconfirmed: number
  stockLeft: number
  /** Since the round began. */
  atMs: number
}

/** What came of one round. */
export type RoundVerdict = Harm & {
  round: number
  seed: string
  campaignId: string
  struck: readonly StruckFault[]
  presses: number
  people: number
  rows: number
  stock: number
  silenceMsMax: number
  tookMs: number
  verdict: 'pass' | 'fail'
  /** Why it failed, in sentences. */
  reasons: readonly string[]
}

/** What a round was, before anybody looks at what came of it. */
export type RoundFacts = {
  round: number
  seed: string
  campaignId: string
  stock: number
  struck: readonly StruckFault[]
}

export type JudgeOptions = RoundFacts & {
  people: Pick<People, 'book' | 'userId' | 'breaches' | 'presses' | 'count' | 'silenceMsMax'>
  audit: Audit
  /** Where what the people were told goes; it stays there. */
  historyFile: string
  /** An audit that finds something in flight, or a book that does not answer, is repeated for this long. */
  limitMs: number
  /** A clock in fractional milliseconds. */
  now(): number
  /** When the round began, in that clock. */
  startedMs: number
}

const repeatMs = 500

/** What did not hold, with one example. */
const sentenceOf = ({ promise, fault, verdict, count, examples }: Check): string =>
  `${fault ?? promise} ${verdict === 'fail' ? 'broken' : 'open'} ${count} times, as in: ${examples[0] ?? 'no example'}`

/** A no other than "sold out" in a campaign that was open all the time: a fault was passed off as an answer. */
const refusals = (book: AnswerHistory, userIdOf: (person: number) => string): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const { told } of book.answers(userIdOf))
    if (told.kind === 'refused') counts.set(told.code, (counts.get(told.code) ?? 0) + 1)
  return counts
}

/** Audits until nothing is in flight any more, or the time is up. Rejects when a book could not be read until then. */
const auditUntilQuiet = async (options: JudgeOptions): Promise<AuditResult | undefined> => {
  const { audit, campaignId, historyFile, now } = options
  const endMs = now() + options.limitMs
  for (;;) {
    try {
      const result = await audit.run(campaignId, await openHistory(historyFile))
      if (result?.verdict !== 'in-flight' || now() >= endMs) return result
    } catch (cause) {
      if (now() >= endMs) throw cause
    }
    await wait(repeatMs)
  }
}

/** What the books and the people themselves say; no result is an audit that could not be made. */
const judge = (
  { stock }: RoundFacts,
  people: Pick<People, 'book' | 'userId' | 'breaches'>,
  audited: AuditResult | string,
): Harm & Pick<RoundVerdict, 'rows' | 'verdict' | 'reasons'> => {
  const open = people.book.open().length
  const refused = [...refusals(people.book, people.userId)]
  const result = typeof audited === 'string' ? undefined : audited
  const figures = result === undefined ? { ...noHarm } : harmOf(result.checks)
  const rows = result?.books.rows ?? 0
  const reasons = [
    ...(typeof audited === 'string' ? [`not audited: ${audited}`] : []),
    ...(result?.checks.filter(({ verdict }) => verdict !== 'pass').map(sentenceOf) ?? []),
    // Whatever was not compared was not found to be in order.
    ...(result?.notes.map((note) => `not wholly audited: ${note}`) ?? []),
    ...(open > 0 ? [`${open} people still do not know what came of it`] : []),
    ...refused.map(([code, count]) => `${count} answers were ${code}, though the campaign was open`),
    ...[...people.breaches()].map(
      ([answer, count]) => `${count} answers were none of the contract: ${answer}`,
    ),
    // Else a round in which nothing was sold would hold every promise.
    ...(result !== undefined && rows < stock ? [`it did not sell out: ${rows} rows of ${stock}`] : []),
  ]
  return {
    ...figures,
    unresolved: Math.max(figures.unresolved, open),
    rows,
    verdict: reasons.length === 0 ? 'pass' : 'fail',
    reasons,
  }
}

/**
 * Writes what the people were told into the history and holds it against gate, log and ledger. Every promise that is broken or open, and
 * every book that cannot be read, fails the round: it never rejects for one of them.
 */
export const judgeRound = async (options: JudgeOptions): Promise<RoundVerdict> => {
  const { round, seed, campaignId, stock, struck, people } = options
  await writeHistory(options.historyFile, campaignId, people.book, people.userId)
  const audited = await auditUntilQuiet(options).catch(messageOf)
  return {
    ...{ round, seed, campaignId, stock, struck },
    presses: people.presses(),
    people: people.count(),
    ...judge(options, people, audited ?? 'the ledger has no such campaign'),
    silenceMsMax: people.silenceMsMax(),
    tookMs: options.now() - options.startedMs,
  }
}
