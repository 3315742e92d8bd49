import { remove, replaceWith } from '../changes.ts'
import type { Safeguard } from '../safeguard.ts'
import { serversTest } from './failing-test.ts'

const section = '4. Arm: one deployment, one Redis'
const currentRedisTest = serversTest('coupon/deployment/current-redis')

/** Database, log and Redis belong together, and gates are armed on one Redis at a time. */
export const oneDeployment: readonly Safeguard[] = [
  {
    name: 'a stranger takes no partition',
    section,
    protectsFrom:
      'A worker of another database joins the group: the rows of its partitions are missing, and false dead letters appear.',
    edits: [{ change: remove }],
    caughtBy: serversTest('test/4-arm/redis-moved')(
      'a worker whose database belongs to another deployment takes no partition',
    ),
  },
  {
    name: 'gates are armed on the current Redis alone',
    section,
    protectsFrom:
      'Keepers of two Redis servers arm in turn, and what one confirms lies beyond the cut of the other.',
    edits: [
      {
        change: replaceWith("const claim = { kind: 'current', what: '' } as { kind: string; what: string }"),
      },
    ],
    caughtBy: currentRedisTest('a Redis that was left is not armed again, and says what an operator can do'),
  },
  {
    name: 'a Redis that was left never comes back by itself',
    section,
    protectsFrom:
      'Processes with the old address take the gates back, and those with the new one take them again.',
    edits: [{ change: remove }],
    caughtBy: currentRedisTest('a Redis that was left is not armed again, and says what an operator can do'),
  },
  {
    name: 'the gates of the noted Redis are stopped first',
    section,
    protectsFrom:
      'The old Redis goes on granting and confirming beside the new one: those users have no row.',
    edits: [{ change: replaceWith("const outcome = 'gone' as string") }],
    caughtBy: currentRedisTest(
      'the gate on the noted Redis is stopped first, and what its outbox holds is won',
    ),
  },
  {
    name: 'the cut is of the current Redis',
    section,
    protectsFrom:
      'An arming that was paused on the old Redis ends the epoch, and opens a gate that nobody stops.',
    edits: [{ change: remove }],
    caughtBy: currentRedisTest(
      'an arming that was under way on the noted Redis ends nothing and opens nothing there',
    ),
  },
]
