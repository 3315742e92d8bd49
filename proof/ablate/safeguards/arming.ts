import { insertBefore, remove, replaceWith, swap } from '../changes.ts'
import type { Safeguard } from '../safeguard.ts'
import { serversTest } from './failing-test.ts'

const section = '4. Arm: from stop to cut'
const armTest = serversTest('coupon/recovery/arming')
const aheadTest = serversTest('test/4-arm/gate-ahead')
const cutTest = serversTest('coupon/ledger/cut')
const stopToFlipTest = serversTest('test/4-arm/stop-to-flip')

/** What arming relies on from the stop to the cut: nothing is granted or confirmed beyond the ends. */
export const arming: readonly Safeguard[] = [
  {
    name: 'stop gives up on a higher epoch',
    section,
    protectsFrom: 'A keeper that was paused for an hour closes a gate that another keeper has opened since.',
    edits: [{ change: remove }],
    caughtBy: armTest('a keeper that was paused before the stop leaves a gate of a later epoch alone'),
  },
  {
    name: 'a gate ahead of the ledger is armed above both',
    section,
    protectsFrom:
      'After the database failed over to an older state, a gate that Redis restarted with never comes back.',
    edits: [{ change: replaceWith("const ahead = { kind: 'ahead' as const, epoch: stopped.epoch }") }],
    caughtBy: aheadTest('a ledger that went back, and Redis restarted with its file: nothing is lost'),
  },
  {
    name: 'the keeper arms a gate ahead of the ledger',
    section,
    protectsFrom: 'A gate goes on in an epoch that its ledger does not know, and no audit of it can pass.',
    edits: [{ change: replaceWith('if (newest !== undefined) return false') }],
    caughtBy: aheadTest('a ledger that went back under a gate in order: the keeper arms it above both'),
  },
  {
    name: 'a cut names every partition of the ledger',
    section,
    protectsFrom:
      'Partitions that were added have no end: what was confirmed there is not waited for, and its units are sold again.',
    edits: [{ change: remove }],
    caughtBy: cutTest('a cut that does not name a partition of the ledger is refused'),
  },
  {
    name: 'every partition is marked',
    section,
    protectsFrom: 'An arming that knows an old number of partitions sells what was confirmed in the others.',
    edits: [{ change: replaceWith('const partitions = [0, 1, 2]') }],
    caughtBy: serversTest('test/3-record/partitions-added')(
      'partitions are added, and Redis is lost before the ledger has them: nothing is lost',
    ),
  },
  {
    name: 'an arming marks the log that the ledger recorded',
    section,
    protectsFrom:
      'After the topic was created again, its ends lie below the positions: an arming waits for nothing, and sells what was confirmed in the new log.',
    edits: [{ change: remove }],
    caughtBy: serversTest('test/3-record/other-log')(
      'an arming does not mark a log that the ledger has passed',
    ),
  },
  {
    name: 'the lease of a campaign',
    section,
    protectsFrom:
      'Keepers that see the same loss take the gate from each other again and again, and it never opens.',
    edits: [{ change: replaceWith('const mine = campaignIds') }],
    caughtBy: armTest('of five armings at once one arms the campaign, and its gate is whole'),
  },
  {
    name: 'arming waits out the replication lag',
    section,
    protectsFrom:
      'A cut-off old master goes on confirming beside its successor: those winners lie beyond the ends and have no row.',
    edits: [{ change: remove }],
    caughtBy: armTest(
      'arming on a replicated Redis waits out how long a cut-off master could go on after the stop',
    ),
  },
  {
    name: 'the relay of surviving entries',
    section,
    protectsFrom: 'A user who got "pending", and whose entry survived, loses the coupon to another user.',
    edits: [{ change: remove }],
    caughtBy: serversTest('test/4-arm/after-arming')(
      'a pending grant that survived in the outbox wins, with the same coupon',
    ),
  },
  {
    name: 'the ends are marked after the stop',
    section,
    protectsFrom:
      'A grant that is confirmed between ends and stop lies beyond the cut: users who got a yes have no row.',
    edits: [
      {
        part: 'not before',
        change: insertBefore('if (campaign.epoch > 0) campaign.ends = await markInTurn()'),
      },
      { change: replaceWith('const ends = armedBefore[0].campaign.ends') },
    ],
    caughtBy: stopToFlipTest('a yes between the look at a gate and its stop is kept'),
  },
  {
    name: 'armings mark the log in turn',
    section,
    protectsFrom:
      'Late grants of two armings wait for each other in a replay, and the worker never stores anything again.',
    edits: [{ change: swap("['fc:mark']", '[`fc:mark:${Math.random()}`]') }],
    caughtBy: stopToFlipTest(
      'two armings never write their markers at once: crossing ends would wait for each other',
    ),
  },
  {
    name: 'arming waits for the ends',
    section,
    protectsFrom:
      'A gate whose ledger is behind never comes back: every try fails at the cut, and adds records for the worker to store.',
    edits: [{ change: remove }],
    caughtBy: stopToFlipTest(
      'a gate whose ledger is behind is armed in one try, once the ledger has what was confirmed',
    ),
  },
  {
    name: 'the epoch check of the cut',
    section,
    protectsFrom:
      'A creation that was paused sets the epoch of a campaign back, and no keeper can cut it a second time.',
    edits: [{ change: swap("row?.['epoch'] !== epoch", 'row === undefined') }],
    caughtBy: cutTest('an epoch is cut once: a later cut changes nothing'),
  },
  {
    name: 'the position check of the cut',
    section,
    protectsFrom:
      'An epoch ends at a position that the ledger no longer has; the rebuild finds that out and has to discard its work.',
    edits: [{ change: remove }],
    caughtBy: cutTest('an epoch is cut only at ends that the ledger has reached'),
  },
]
