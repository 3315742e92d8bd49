import { replaceWith, swap } from '../changes.ts'
import type { Safeguard } from '../safeguard.ts'
import { serversTest } from './failing-test.ts'

/** No wait is longer than its own setting because a clock moved. */
export const clocks: readonly Safeguard[] = [
  {
    name: 'an entry from the future is overdue',
    section: '2. Append and confirm: keeper',
    protectsFrom: 'After the clock of Redis went back a minute, winners stay "confirming" for that minute.',
    edits: [{ change: swap('grantedAtMs <= now and ', '') }],
    caughtBy: serversTest('coupon/gate/keeper-gate')('an outbox entry from the future is overdue'),
  },
  {
    name: 'a hold ends when the clock goes back',
    section: '4. Arm: flip',
    protectsFrom: 'After an arming and a clock that went back 40 s, every newcomer is refused for 40 s.',
    edits: [{ change: swap("redis.call('HGET', gate_key, 'holdMs') or leftMs", 'leftMs') }],
    caughtBy: serversTest('coupon/gate/decide-order')(
      'a hold that lies further ahead than it was set is over',
    ),
  },
  {
    name: 'no gate is retired by a clock that jumped',
    section: '5. Campaigns: retire',
    protectsFrom: 'A clock that is three days ahead for five seconds retires a live campaign for good.',
    edits: [
      { change: replaceWith("const clock = { kind: 'stable' as string, why: '', nowMs: options.now() }") },
    ],
    caughtBy: serversTest('test/5-campaigns/retirement')(
      'not by a clock that jumped: Redis three days ahead',
    ),
  },
]
