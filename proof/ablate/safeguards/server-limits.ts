import { remove, swap } from '../changes.ts'
import type { Safeguard } from '../safeguard.ts'
import { serversTest } from './failing-test.ts'

const gateTest = serversTest('coupon/gate/full-redis')

/** What holds on servers that are full, or whose defaults somebody changed. */
export const serverLimits: readonly Safeguard[] = [
  {
    name: 'winners are answered by a full Redis',
    section: '1. Decide: a full Redis',
    protectsFrom: 'While Redis is full, a winner who asks again is turned away.',
    edits: [{ change: remove }],
    caughtBy: gateTest('a full Redis grants nothing, and answers winners with their coupon'),
  },
  {
    name: 'a full Redis runs the scripts that free memory',
    section: '1. Decide: a full Redis',
    protectsFrom:
      'A full Redis neither confirms nor retires: no memory is ever freed, and nothing is sold again.',
    edits: [{ change: swap('flags=allow-oom', '') }],
    caughtBy: gateTest('a full Redis confirms, reads and stops, and refuses what would make a gate larger'),
  },
  {
    name: 'no gate is armed on a full Redis',
    section: '4. Arm: a full Redis',
    protectsFrom: 'Every try of an arming ends an epoch and marks the log, and fails at its first chunk.',
    edits: [{ change: remove }],
    caughtBy: serversTest('test/4-arm/full-redis')(
      'on a full Redis no gate is armed, which the keeper says, and it is armed once there is room',
    ),
  },
  {
    name: 'a session does not take the defaults of its server',
    section: '3. Record: sessions',
    protectsFrom:
      'After SET GLOBAL autocommit = 0 a list of coupons shows the same moment for ever: winners have none.',
    edits: [{ change: remove }],
    caughtBy: serversTest('platform/mysql/session-settings')(
      'with SET GLOBAL %s = %s %s',
      'with SET GLOBAL autocommit = 0 a read sees what was stored since the read before it',
    ),
  },
]
