import { createTally } from './check.ts'

/** One tally a promise, in the order in which a report shows them. */
export const createTallies = () => ({
  noOversell: createTally('no-oversell', 'rows of the campaign in the ledger, against its stock'),
  noLostWin: createTally(
    'no-lost-win',
    'every coupon that somebody was told they have is a row with that id, user, slot and rank',
  ),
  onePerUserAndSlot: createTally('one-per-user-and-slot', 'a user and slot that has a row has one'),
  sameAnswerAgain: createTally('same-answer-again', 'every later answer to a winner shows the same coupon'),
  soldOutIsFinal: createTally('sold-out-is-final', 'nobody who was told sold out has a row, or a yes later'),
  nothingStranded: createTally(
    'nothing-stranded',
    'as many rows as the smaller of the stock and the users who got through',
  ),
  nobodyUnaware: createTally('nobody-unaware', 'every row belongs to somebody who was told'),
  ranksWithoutGap: createTally('ranks-without-gap', 'the ranks of the rows are 1, 2, 3 and so on, each once'),
  everybodyAnswered: createTally('everybody-answered', 'whoever pressed knows in the end what came of it'),
})

export type Tallies = ReturnType<typeof createTallies>
