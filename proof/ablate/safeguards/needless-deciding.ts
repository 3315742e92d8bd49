import type { NeedlessRule } from '../safeguard.ts'

/** Rules of decide and its callers that another one covers wholly: each was taken out alone, and nothing could notice. */
export const needlessOfDeciding: readonly NeedlessRule[] = [
  {
    name: 'the second try of an issue only in a higher epoch',
    reason:
      'The registry never goes back to a lower epoch, and the gate answers EPOCH once more to the same: the check saves that call.',
  },
  {
    name: 'commandTimeout of the Redis client',
    reason:
      'A connection that is silent for three times as long is given up, and all its commands are unknown: without the timeout people wait longer, and nobody hears another answer.',
  },
]
