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
