import { remove, replaceWith, swap } from '../changes.ts'
import type { Safeguard } from '../safeguard.ts'
import { serversTest } from './failing-test.ts'

const section = '4. Arm: flip'

const flipTitle = 'flip opens nothing when it lost its %s'
const flipTest = (what: string) =>
  serversTest('coupon/gate/arming-gate')(flipTitle, flipTitle.replace('%s', what))
const betweenTitle = 'nothing opens when %s between stop and flip'
const betweenTest = (what: string) =>
  serversTest('coupon/recovery/arming')(betweenTitle, betweenTitle.replace('%s', what))

/** What the flip relies on: it opens the stopped gate, on the same server, with all that was rebuilt. */
export const flipping: readonly Safeguard[] = [
  {
    name: 'the fence from stop to flip',
    section,
    protectsFrom:
      'A gate that was stopped on one server opens on another, which was not stopped and may have confirmed since.',
    edits: [{ change: replaceWith('ARGV[3] = server_fence() or ARGV[3]') }, { part: 'fill', change: remove }],
    caughtBy: betweenTest('the server was demoted and promoted'),
  },
  {
    name: 'the claim from stop to flip',
    section,
    protectsFrom:
      'A keeper that was paused opens the gate that another has stopped since, and grants go beyond the ends of that one.',
    edits: [{ change: remove }, { part: 'fill', change: remove }],
    caughtBy: betweenTest('another arming stopped the gate'),
  },
  {
    name: 'flip opens only a stopped gate',
    section,
    protectsFrom: 'A late flip opens a gate as new although it is open and sells.',
    edits: [{ change: remove }],
    caughtBy: flipTest('state'),
  },
  {
    name: 'the count of winners at the flip',
    section,
    protectsFrom:
      'A gate opens without some of the winners that were read, and grants their users and units again.',
    edits: [{ change: remove }],
    caughtBy: flipTest('winners'),
  },
  {
    name: 'the count of free ranks at the flip',
    section,
    protectsFrom: 'A gate opens with ranks that are free twice or missing: they are sold twice, or never.',
    edits: [{ change: remove }],
    caughtBy: flipTest('free'),
  },
  {
    name: 'an empty outbox at the flip',
    section,
    protectsFrom:
      'A gate opens with entries that it never made, and its parts disagree from the first moment.',
    edits: [{ change: remove }],
    caughtBy: flipTest('outbox'),
  },
  {
    name: 'the settings of the highest version',
    section,
    protectsFrom: 'A gate that was armed while its stock was raised opens with the old stock, and keeps it.',
    edits: [{ change: swap('?? campaign', '&& campaign') }],
    caughtBy: serversTest('test/4-arm/lost-again')(
      'raised between rebuild and flip, it is there too: the highest version wins',
    ),
  },
  {
    name: 'the wait for remembered sold-outs',
    section,
    protectsFrom:
      'Returned units are sold while some processes still answer "sold out" from memory: users who pressed first get a no.',
    edits: [{ change: swap('first ? 0 : options.soldOutMemoryMs', '0') }],
    caughtBy: serversTest('test/4-arm/after-arming')(
      'units that came back are held: newcomers get recovering, winners their coupon',
    ),
  },
]
