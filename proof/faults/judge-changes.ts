import type { OperatorState } from '../../coupon/campaign.ts'
import type { SaleOperator, Stop } from './sale-operator.ts'

/** When somebody pressed for the first time, and when they were first shown a coupon. */
export type Win = { firstSentMs: number; wonMs: number }

export type ChangesToJudge = {
  operator: Pick<SaleOperator, 'stops' | 'stock' | 'askedStock'>
  wins: readonly Win[]
  /** Rows of the campaign that were granted between two times of the gate, both exclusive. */
  grantedBetween(fromMs: number, untilMs: number): Promise<number>
  /** What ledger and gate hold in the end; `undefined` for a gate that cannot be read. */
  settings(): Promise<{ ledger: EndSettings | undefined; gate: EndSettings | undefined }>
  /** The clock of the gate was moved: it proves nothing. */
  didClockJump: boolean
  /** Redis lost memory, and with it a pause that no ledger had recorded yet (docs/reliability.md). */
  didLoseMemory: boolean
}

/** What an operator changes of a campaign. */
export type EndSettings = { state: OperatorState; stock: number }

/** A closure ends for nobody. */
const endOf = ({ resumeSentMs }: Stop): number => resumeSentMs ?? Number.POSITIVE_INFINITY

/** Wins of people who pressed for the first time after the answer, and had won before the end was sent. */
const wonWithin = (stop: Stop, wins: readonly Win[]): number =>
  wins.filter(
    ({ firstSentMs, wonMs }) =>
      stop.answeredMs !== undefined && firstSentMs >= stop.answeredMs && wonMs <= endOf(stop),
  ).length

const grantedWithin = async (
  { kind, gateMs }: Stop,
  grantedBetween: ChangesToJudge['grantedBetween'],
): Promise<number> => {
  const until = gateMs.until ?? (kind === 'close' ? Number.MAX_SAFE_INTEGER : undefined)
  return gateMs.from === undefined || until === undefined ? 0 : grantedBetween(gateMs.from, until)
}

const settingsFaults = (
  where: string,
  found: EndSettings | undefined,
  { operator }: ChangesToJudge,
): string[] => {
  if (found === undefined) return [`the settings of the ${where} could not be read`]
  const isClosed = operator
    .stops()
    .some(({ kind, answeredMs }) => kind === 'close' && answeredMs !== undefined)
  const mayBeClosed = operator.stops().some(({ kind }) => kind === 'close')
  const isStockLost = found.stock < operator.stock() || found.stock > operator.askedStock()
  const isStateLost = isClosed ? found.state !== 'closed' : found.state !== 'open' && !mayBeClosed
  return [
    ...(isStockLost
      ? [`the stock of the ${where} is ${found.stock}, and was raised to ${operator.stock()}`]
      : []),
    ...(isStateLost
      ? [`the campaign was left ${isClosed ? 'closed' : 'open'}, and the ${where} says ${found.state}`]
      : []),
  ]
}

/**
 * Whether the changes of a round held, in sentences where they did not. No press that was sent after the
 * answer to a pause or a closure won, until the resumption was sent. By the gate's own clock nothing was
 * granted in that time. No raised stock was lost.
 */
export const judgeChanges = async (changes: ChangesToJudge): Promise<string[]> => {
  const { operator, wins, grantedBetween, didClockJump, didLoseMemory } = changes
  const reasons: string[] = []
  for (const stop of operator.stops()) {
    if (didLoseMemory && !stop.isRecorded) continue
    const what = `after a ${stop.kind} was answered`
    const won = wonWithin(stop, wins)
    if (won > 0) reasons.push(`${won} people pressed ${what}, and won`)
    const granted = didClockJump ? 0 : await grantedWithin(stop, grantedBetween)
    if (granted > 0) reasons.push(`${granted} coupons were granted ${what}, by the clock of the gate`)
  }
  const { ledger, gate } = await changes.settings()
  return [...reasons, ...settingsFaults('ledger', ledger, changes), ...settingsFaults('gate', gate, changes)]
}
