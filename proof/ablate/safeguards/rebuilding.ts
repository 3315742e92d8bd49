import { insertBefore, remove, swap } from '../changes.ts'
import type { Safeguard } from '../safeguard.ts'
import { serversTest } from './failing-test.ts'

const section = '4. Arm: rebuild'
const stopToFlipTest = serversTest('test/4-arm/stop-to-flip')

const rebuild =
  'const rebuilt = await options.rebuilder.rebuild(campaign, epoch + 1, seal, first ? undefined : ends)'

/** What arming relies on from the cut to the flip: the gate that is to open knows every winner. */
export const rebuilding: readonly Safeguard[] = [
  {
    name: 'the rebuild begins after the cut',
    section,
    protectsFrom:
      'A grant that is stored between rebuild and cut is unknown to the new gate, which sells its unit again.',
    edits: [{ part: 'cut', change: insertBefore(rebuild) }, { change: remove }],
    caughtBy: stopToFlipTest('a grant that becomes a row before the cut is a winner of the next epoch'),
  },
  {
    name: 'the position check of the rebuild',
    section,
    protectsFrom:
      'A database that went back in time after the cut makes a gate without some winners, which sells their units again.',
    edits: [{ change: remove }],
    caughtBy: stopToFlipTest('a ledger that goes back in time between cut and rebuild opens no gate'),
  },
  {
    name: 'one snapshot for the rebuild',
    section,
    protectsFrom:
      'A database that goes back in time during a rebuild removes winners from what was already checked.',
    edits: [{ change: swap('connection', 'database') }],
    caughtBy: serversTest('coupon/ledger/cut')(
      'all chunks of a rebuild show the moment of its position check',
    ),
  },
  {
    name: 'missing ranks go on the free list',
    section,
    protectsFrom:
      'Units whose grants no durable record has are never sold: the campaign ends short of its stock.',
    edits: [{ change: remove }],
    caughtBy: serversTest('test/4-arm/after-arming')(
      'sold out reopens by exactly the units without a durable record; their ranks are reused, lowest first',
    ),
  },
  {
    name: 'rebuilt keys expire until the flip',
    section,
    protectsFrom: 'The keys of a keeper that died during a rebuild may stay in Redis for ever.',
    edits: [
      { part: 'winners', change: remove },
      { part: 'free ranks', change: remove },
    ],
    caughtBy: stopToFlipTest('keys of a rebuild expire until the flip and stay after it'),
  },
]
