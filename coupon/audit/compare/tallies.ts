import { createTally } from './check.ts'

/** One tally a promise, in the order in which a report shows them. */
export const createTallies = () => ({
  noOversell: createTally('no-oversell', 'rows in the ledger are no more than the stock'),
  noLostWin: createTally('no-lost-win', 'every yes is a row: same id, user, slot and rank'),
  onePerUserAndSlot: createTally('one-per-user-and-slot', 'a user and slot that has a row has one'),
  sameAnswerAgain: createTally('same-answer-again', 'a winner who asks again is shown the same coupon'),
  soldOutIsFinal: createTally('sold-out-is-final', 'nobody told sold out has a row, or a yes later'),
  nothingStranded: createTally('nothing-stranded', 'as many rows as stock, or users if they are fewer'),
  nobodyUnaware: createTally('nobody-unaware', 'every row belongs to somebody who was told'),
  ranksWithoutGap: createTally('ranks-without-gap', 'the ranks are 1, 2, 3 and so on, each once'),
  everybodyAnswered: createTally('everybody-answered', 'whoever pressed knows what came of it'),
})

export type Tallies = ReturnType<typeof createTallies>

/** One tally a fault that gate, log and ledger can show, in the order in which a report shows them. */
export const createFaultTallies = () => ({
  rowMissing: createTally('no-lost-win', 'every record that the ledger has passed is a row', 'row-missing'),
  recordMissing: createTally(
    'no-lost-win',
    'every row that the gate granted is in the log',
    'record-missing',
  ),
  onlyInGate: createTally(
    'no-lost-win',
    'every winner is in the outbox, the log or the ledger',
    'only-in-gate',
  ),
  wrongUser: createTally('no-lost-win', 'a coupon has the same user and slot in all books', 'wrong-user'),
  wrongRank: createTally('no-lost-win', 'a coupon has the same rank and epoch in all books', 'wrong-rank'),
  wrongCoupon: createTally('no-lost-win', 'a unit has the same coupon id in all books', 'wrong-coupon'),
  positionOutsideLog: createTally(
    'no-lost-win',
    'every position of the ledger lies within the log',
    'position-outside-log',
  ),
  extraRow: createTally('no-oversell', 'every row is in the log, or at the gate', 'extra-row'),
  oversold: createTally('no-oversell', 'rows are no more than the highest stock', 'oversold'),
  rankAboveStock: createTally('no-oversell', 'no rank is above the highest stock', 'rank-above-stock'),
  doubled: createTally('one-per-user-and-slot', 'a user and slot, and a rank, has one coupon', 'doubled'),
  onlyInLog: createTally('same-answer-again', 'every record without a row is of a winner', 'only-in-log'),
  gateBehind: createTally('same-answer-again', 'the gate knows every coupon that is a row', 'gate-behind'),
  gateAhead: createTally('sold-out-is-final', "the gate's epoch is not above the ledger's", 'gate-ahead'),
  counterOff: createTally('sold-out-is-final', 'the gate counts what is in its keys', 'counter-off'),
  rankGap: createTally('ranks-without-gap', 'ranks up to the next are granted or free', 'rank-gap'),
  outboxStuck: createTally('everybody-answered', 'overdue outbox entries go into the log', 'outbox-stuck'),
})

export type FaultTallies = ReturnType<typeof createFaultTallies>
