import type { NeedlessRule } from './safeguard.ts'

/** Rules that another rule covers completely: each was taken out alone, and no test could notice. */
export const needlessRules: readonly NeedlessRule[] = [
  {
    name: 'the second try of an issue only in a higher epoch',
    reason:
      'The registry never goes back to a lower epoch. Without the check the gate answers EPOCH once more: it saves that call.',
  },
  {
    name: 'commandTimeout of the Redis client',
    reason:
      'The client drops a connection that is silent for three times as long, and its commands are unknown. Without the timeout users wait longer for the same answer.',
  },
  {
    name: 'fence, claim and state in the chunks of a rebuild',
    reason:
      'A chunk goes to the keys of an epoch that only its own arming may open, and the flip checks all three again. They only end a lost arming sooner.',
  },
  {
    name: 'the lock of the position check of the cut',
    reason:
      'Positions only grow, so a plain read is at worst too careful. When the database goes back in time, the rebuild finds out.',
  },
  {
    name: 'WITH CONSISTENT SNAPSHOT for the rebuild',
    reason:
      'A plain SELECT reads the positions first, and at REPEATABLE READ that fixes the same view for all later reads.',
  },
  {
    name: 'no plain SELECT before the late check',
    reason:
      'Every read after it locks, and a locking read sees what is committed. Either rule is enough; the list takes out both at once.',
  },
  {
    name: 'the locking read of cuts, alone',
    reason:
      'The campaigns are locked before it, so no epoch of theirs can be cut. Without an earlier plain SELECT its view is not older than that lock.',
  },
  {
    name: 'the locking reads of positions and rows in the late check',
    reason:
      'A position moves with its rows, so a view has both or neither. An older view only makes the batch wait a little longer.',
  },
]
