import type { FaultName, PromiseName } from './check.ts'
import { type CheckTally, createCheckTally } from './check-tally.ts'

/** One tally per promise to clients, in the order in which a report shows them. */
export const createPromiseTallies = () => ({
  noOversell: createCheckTally('no-oversell', 'rows in the ledger are no more than the stock'),
  noLostWin: createCheckTally('no-lost-win', 'every yes has a row: same id, user, slot and rank'),
  onePerUserAndSlot: createCheckTally('one-per-user-and-slot', 'a user and slot that has a row has one'),
  sameAnswerAgain: createCheckTally('same-answer-again', 'a winner who asks again is shown the same coupon'),
  soldOutIsFinal: createCheckTally('sold-out-is-final', 'nobody told sold out has a row, or a yes later'),
  nothingStranded: createCheckTally('nothing-stranded', 'as many rows as stock, or as users if fewer'),
  nobodyUnaware: createCheckTally('nobody-unaware', 'every row is of a user who got a yes'),
  ranksWithoutGap: createCheckTally('ranks-without-gap', 'the ranks are 1, 2, 3 and so on, each once'),
  everybodyAnswered: createCheckTally('everybody-answered', 'everybody who pressed has a final answer'),
})

export type PromiseTallies = ReturnType<typeof createPromiseTallies>

const fault = (name: FaultName, promise: PromiseName, how: string): CheckTally =>
  createCheckTally(promise, how, name)

/** One tally per fault of gate, log and ledger, in the order in which a report shows them. */
export const createFaultTallies = () => ({
  rowMissing: fault('row-missing', 'no-lost-win', 'every record that the ledger has passed has a row'),
  recordMissing: fault('record-missing', 'no-lost-win', 'every row that the gate granted is in the log'),
  onlyInGate: fault('only-in-gate', 'no-lost-win', 'every winner is in the outbox, the log or the ledger'),
  wrongUser: fault('wrong-user', 'no-lost-win', 'a coupon has the same user and slot in all sources'),
  wrongRank: fault('wrong-rank', 'no-lost-win', 'a coupon has the same rank and epoch in all sources'),
  wrongCoupon: fault('wrong-coupon', 'no-lost-win', 'a unit has the same coupon id in all sources'),
  positionOutsideLog: fault(
    'position-outside-log',
    'no-lost-win',
    'every position of the ledger lies within the log',
  ),
  extraRow: fault('extra-row', 'no-oversell', 'every row is in the log or in the gate'),
  oversold: fault('oversold', 'no-oversell', 'rows are no more than the highest stock'),
  rankAboveStock: fault('rank-above-stock', 'no-oversell', 'no rank is above the highest stock'),
  doubled: fault('doubled', 'one-per-user-and-slot', 'a user and slot, and a rank, has one coupon'),
  onlyInLog: fault('only-in-log', 'same-answer-again', 'every record without a row is of a winner'),
  gateBehind: fault('gate-behind', 'same-answer-again', 'the gate knows every coupon that has a row'),
  gateAhead: fault('gate-ahead', 'sold-out-is-final', "the gate's epoch is not above the ledger's"),
  counterOff: fault('counter-off', 'sold-out-is-final', 'the gate counts what is in its keys'),
  rankGap: fault('rank-gap', 'ranks-without-gap', 'ranks up to the next are granted or free'),
  outboxStuck: fault('outbox-stuck', 'everybody-answered', 'overdue outbox entries go into the log'),
})

export type FaultTallies = ReturnType<typeof createFaultTallies>

/** The tally of what became of coupons after they were granted: only the ledger knows it. */
export const createHistoryTally = (): CheckTally =>
  fault('history-off', 'used-as-told', 'every use of a coupon is what its history says')
