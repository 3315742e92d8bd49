import type { NeedlessRule } from '../safeguard.ts'

/** Rules of arming and recording that another one covers wholly: each was taken out alone, and nothing could notice. */
export const needlessOfRecording: readonly NeedlessRule[] = [
  {
    name: 'fence, claim and state in the chunks of a rebuild',
    reason:
      'A chunk goes to the keys of an epoch that only its own arming may open, and the flip checks the three again: they end a lost arming sooner, and no more.',
  },
  {
    name: 'the lock of the position check of the cut',
    reason:
      'Positions only grow, so a plain read is at worst too careful; when the database goes back in time, the rebuild finds it.',
  },
  {
    name: 'WITH CONSISTENT SNAPSHOT for the rebuild',
    reason:
      'The positions are read first, by a plain SELECT, and at REPEATABLE READ that fixes the same view for all that follows.',
  },
  {
    name: 'no plain SELECT before the late check',
    reason:
      'Every read after it locks, and a locking read sees what is committed. Either rule is enough; the list takes out both at once.',
  },
  {
    name: 'the locking read of cuts, alone',
    reason:
      'The campaigns are locked before it, so no cut of theirs can be made, and with no plain SELECT earlier its view is not older than that lock.',
  },
  {
    name: 'the locking reads of positions and rows in the late check',
    reason:
      'A position moves with its rows, so a view that has the one has the other; one that is older lets the batch wait a little longer.',
  },
]
