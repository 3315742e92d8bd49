import { setTimeout as wait } from 'node:timers/promises'
import type { Audit, AuditResult } from '../../coupon/audit/audit.ts'
import type { Check } from '../../coupon/audit/compare/check.ts'
import { openHistory } from '../../coupon/audit/history.ts'
import type { AnswerHistory } from '../../load/people/answer-history.ts'
import { writeHistory } from '../../load/people/write-history.ts'
import { messageOf } from '../../platform/failure.ts'
import { type ChangeFigures, figuresOf } from './change-figures.ts'
import { isByClock } from './clock-answer.ts'
import { type Harm, harmOf } from './harm.ts'
import type { People } from './people.ts'
import type { SaleOperator } from './sale-operator.ts'

/** One fault of a round, and the traffic at that moment. */
export type StruckFault = {
  /** As in `redis-empty`. */
  fault: string
  /** As in `redis`. */
  part: string
  isKill: boolean
  /** True when requests were in flight and stock was left. */
  counts: boolean
  inFlight: number
  /** Grants that Kafka had not confirmed. */
  unconfirmed: number
  stockLeft: number
  /** Since the round began. */
  atMs: number
}

/** What a round was set up to do, and the faults that struck. */
export type RoundFacts = {
  round: number
  seed: string
  campaignId: string
  stock: number
  struck: readonly StruckFault[]
}

/** The result of one round. */
export type RoundVerdict = Harm &
  RoundFacts & {
    presses: number
    people: number
    rows: number
    silenceMsMax: number
    /** What the operator did. */
    changes: ChangeFigures
    tookMs: number
    verdict: 'pass' | 'fail'
    /** Why it failed, in sentences. */
    reasons: readonly string[]
  }

export type JudgeOptions = RoundFacts & {
  people: Pick<People, 'history' | 'userId' | 'breaches' | 'presses' | 'count' | 'silenceMsMax'>
  audit: Audit
  /** The operator of the round, and what became of the changes: sentences where they did not hold. */
  operator: Pick<SaleOperator, 'mayBeClosed' | 'stops'>
  judgeChanges(): Promise<string[]>
  /** Gets every answer to the people. */
  historyFile: string
  /** An audit that finds something in flight, or cannot read a source, is repeated for this long. */
  limitMs: number
  /** A clock in fractional milliseconds. */
  now(): number
  /** When the round began, in that clock. */
  startedMs: number
}

const repeatMs = 500

/** A check that does not pass, with one example. */
const sentenceOf = ({ promise, fault, verdict, count, examples }: Check): string =>
  `${fault ?? promise} ${verdict === 'fail' ? 'broken' : 'open'} ${count} times, for example: ${examples[0] ?? 'none'}`

/**
 * Rejections other than "sold out". Unless it is right, each of them passes a fault off as a no. While Redis'
 * clock is wrong, a campaign opens and closes by it (docs/reliability.md). An operator may have stopped it.
 */
const countRejections = (
  history: AnswerHistory,
  userIdOf: (person: number) => string,
  isRight: (code: string) => boolean,
): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const { answer } of history.entries(userIdOf))
    if (answer.kind === 'refused' && !isRight(answer.code))
      counts.set(answer.code, (counts.get(answer.code) ?? 0) + 1)
  return counts
}

/**
 * Audits until nothing is in flight, or the time is up. Rejects when a source could not be read until then.
 */
const auditUntilQuiet = async (options: JudgeOptions): Promise<AuditResult | undefined> => {
  const { audit, campaignId, historyFile, now } = options
  const endMs = now() + options.limitMs
  for (;;) {
    try {
      const result = await audit.run(campaignId, { history: await openHistory(historyFile) })
      if (result?.verdict !== 'in-flight' || now() >= endMs) return result
    } catch (cause) {
      if (now() >= endMs) throw cause
    }
    await wait(repeatMs)
  }
}

/** A sale that was closed early keeps units, and ranks that a lost gate returned. */
const isAboutSellingOut = ({ promise, fault }: Check): boolean =>
  fault === undefined && (promise === 'nothing-stranded' || promise === 'ranks-without-gap')

/** Judges an audit and the answers to the people. A string says why no audit was possible. */
const judge = (
  { stock, struck, people, operator }: JudgeOptions,
  audited: AuditResult | string,
): Harm & Pick<RoundVerdict, 'rows' | 'verdict' | 'reasons'> => {
  const open = people.history.open().length
  const didClockJump = struck.some(({ fault }) => fault === 'redis-clock')
  const isClosed = operator.mayBeClosed()
  // People count the pauses that nobody made, by the moment.
  const isRight = (code: string): boolean =>
    code === 'paused' || (code === 'closed' && isClosed) || (didClockJump && isByClock(code))
  const rejections = [...countRejections(people.history, people.userId, isRight)]
  const result = typeof audited === 'string' ? undefined : audited
  const checks = result?.checks.filter((check) => !isClosed || !isAboutSellingOut(check)) ?? []
  const harm = harmOf(checks)
  const rows = result?.books.rows ?? 0
  const reasons = [
    ...(typeof audited === 'string' ? [`not audited: ${audited}`] : []),
    ...checks.filter(({ verdict }) => verdict !== 'pass').map(sentenceOf),
    // What was not compared was not found to be correct.
    ...(result?.notes.map((note) => `not wholly audited: ${note}`) ?? []),
    ...(open > 0 ? [`${open} people have no final answer`] : []),
    ...rejections.map(([code, count]) => `${count} answers were ${code}, though the campaign was open`),
    ...[...people.breaches()].map(([answer, count]) => `${count} answers break the contract: ${answer}`),
    // A round that sold nothing would otherwise keep every promise.
    ...(result !== undefined && rows < stock && !isClosed
      ? [`it did not sell out: ${rows} rows of ${stock}`]
      : []),
  ]
  return {
    ...harm,
    unresolved: Math.max(harm.unresolved, open),
    rows,
    verdict: reasons.length === 0 ? 'pass' : 'fail',
    reasons,
  }
}

/**
 * Writes the answers to the people into the history, and compares them with gate, log and ledger. Each
 * promise that is broken or undecided, and each source that cannot be read, fails the round. It never rejects
 * because of them.
 */
export const judgeRound = async (options: JudgeOptions): Promise<RoundVerdict> => {
  const { round, seed, campaignId, stock, struck, people } = options
  await writeHistory(options.historyFile, campaignId, people.history, people.userId)
  const audited = await auditUntilQuiet(options).catch(messageOf)
  const judged = judge(options, audited ?? 'the ledger has no such campaign')
  const changes = await options
    .judgeChanges()
    .catch((cause: unknown) => [`changes not judged: ${messageOf(cause)}`])
  const reasons = [...judged.reasons, ...changes]
  return {
    round,
    seed,
    campaignId,
    stock,
    struck,
    presses: people.presses(),
    people: people.count(),
    ...{ ...judged, reasons, verdict: reasons.length === 0 ? ('pass' as const) : ('fail' as const) },
    silenceMsMax: people.silenceMsMax(),
    changes: figuresOf(options.operator.stops()),
    tookMs: options.now() - options.startedMs,
  }
}
