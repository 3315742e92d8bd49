import { insertBefore, remove, replaceWith, swap } from '../changes.ts'
import type { Safeguard } from '../safeguard.ts'
import { serversTest, unitTest } from './failing-test.ts'

const late = '3. Record: late grants'
const position = '3. Record: positions and dead letters'
const group = '3. Record: the group'
const lateTest = serversTest('coupon/ledger/late')
const cutTest = serversTest('coupon/ledger/cut')
const progressTest = unitTest('worker/partition-progress')
const outsideTitle = 'a position that Kafka does not have is refused, and nothing is read: %s'

/** What recording relies on: a row for every grant in time, and the position in the same transaction. */
export const recording: readonly Safeguard[] = [
  {
    name: 'the late check',
    section: late,
    protectsFrom:
      'A grant that reaches the log after its gate was lost is stored, although its unit may be sold to another user by then.',
    edits: [
      {
        change: replaceWith('const { late, undecidedFrom } = { late: new Set(), undecidedFrom: undefined }'),
      },
    ],
    caughtBy: lateTest('a grant of an ended epoch is stored below its cut, and late at or beyond it'),
  },
  {
    name: 'late only when every partition has reached the cut',
    section: late,
    protectsFrom:
      'In a replay a winner is rejected as late, because the duplicate below the cut of another partition is not stored yet.',
    edits: [{ change: swap('undecidedFrom: undecided?.offset', 'undecidedFrom: undefined') }],
    caughtBy: lateTest('nothing is late while another partition is below the cut: it may have a duplicate'),
  },
  {
    name: 'the late check locks the campaigns',
    section: late,
    protectsFrom:
      'An epoch is cut between check and rows: the ledger has them, and the gate that is rebuilt from it does not.',
    edits: [{ change: swap('LOCK IN SHARE MODE', '') }],
    caughtBy: cutTest('a cut waits for the rows of a batch that was judged before it'),
  },
  {
    name: 'the late check begins with a locking read',
    section: late,
    protectsFrom:
      'A batch that waited for a cut looks for it in an older view, finds none, and stores a grant whose unit was sold again.',
    edits: [
      { change: insertBefore("await connection.read('SELECT epoch FROM campaigns LIMIT 1')") },
      { part: 'cuts', change: swap('LOCK IN SHARE MODE', '') },
    ],
    caughtBy: cutTest('a batch that waited for a cut sees it: grants beyond it are late'),
  },
  {
    name: 'nothing is late where the cut names no end',
    section: late,
    protectsFrom:
      'Winners in a partition that an earlier version did not mark are rejected as late, although they were told yes.',
    edits: [{ change: swap('Number.POSITIVE_INFINITY', '0') }],
    caughtBy: lateTest('nothing is late in a partition that the cut does not name'),
  },
  {
    name: 'a late grant with a row is a redelivery',
    section: late,
    protectsFrom: 'The duplicate of a stored grant raises an alarm about a winner who lost nothing.',
    edits: [{ change: replaceWith('const late = beyond') }],
    caughtBy: lateTest('the redelivery of a stored grant beyond the cut is accepted'),
  },
  {
    name: 'the position moves in the transaction of its rows',
    section: position,
    protectsFrom:
      'A worker that dies in between has moved past records that have no row: their winners lose their coupons.',
    edits: [
      {
        change: swap(
          'movePosition(connection, slice, nextOffset)',
          `database.transaction(async (own) => ({
            commit: true,
            result: await movePosition(own, slice, nextOffset),
          }))`,
        ),
      },
    ],
    caughtBy: serversTest('worker/batch-handler')(
      'nothing is committed before the dead letters are acknowledged',
    ),
  },
  {
    name: 'the position never skips records',
    section: position,
    protectsFrom:
      'After the database went back in time, the worker reads on from its old place, and the records in between have no row.',
    edits: [{ change: swap('|| stored < startOffset', '') }],
    caughtBy: serversTest('coupon/ledger/recorder')(
      'a worker that starts above the stored position stores nothing and gets that position',
    ),
  },
  {
    name: 'the seek to the stored position',
    section: position,
    protectsFrom:
      'A worker reads from the offset that Kafka committed: a database that went back in time never gets the missing records.',
    edits: [{ change: remove }],
    caughtBy: progressTest('an assigned partition is read from the position of the ledger'),
  },
  {
    name: 'the offset of a seek is stored in the group',
    section: position,
    protectsFrom:
      'A worker that lost its place before it stored its last offset leaves a lag in all tools until the next record.',
    edits: [{ change: remove }],
    caughtBy: serversTest('worker/worker')(
      'lag tools see where the ledger stands, also when no record has come since the worker joined',
    ),
  },
  {
    name: 'a position before the start of the log is refused',
    section: position,
    protectsFrom:
      'Kafka moves the worker silently past deleted records: their winners lose their coupons without a message.',
    edits: [{ change: swap('|| at < offsets.first', '') }],
    caughtBy: progressTest(outsideTitle, outsideTitle.replace('%s', 'before its start')),
  },
  {
    name: 'a position beyond the end of the log is refused',
    section: position,
    protectsFrom:
      'The worker reads a topic that was created again from its end, and silently skips the records before it.',
    edits: [{ change: swap('|| at > offsets.end', '') }],
    caughtBy: progressTest(outsideTitle, outsideTitle.replace('%s', 'beyond its end')),
  },
  {
    name: 'the record before the position is compared',
    section: position,
    protectsFrom:
      'A topic that was created again and has grown past the position is read from there: the records before it are skipped without a message.',
    edits: [{ change: remove }],
    caughtBy: progressTest(
      'a log whose record before the position is another one is refused: %s',
      'a log whose record before the position is another one is refused: another value',
    ),
  },
  {
    name: 'dead letters are acknowledged before the commit',
    section: position,
    protectsFrom:
      'A record that cannot be stored is passed over and kept nowhere, when Kafka refuses its dead letter.',
    edits: [{ change: replaceWith('void keep(rejected, nextOffset).catch(() => undefined)') }],
    caughtBy: serversTest('coupon/ledger/crash')('when dead letters could not be kept'),
  },
  {
    name: 'without a coordinator the partitions stay',
    section: group,
    protectsFrom:
      'No row is recorded while the broker that coordinates the group of the workers is away, or while no other takes over.',
    edits: [{ change: insertBefore('options.onAssigned([])') }],
    caughtBy: serversTest('test/3-record/coordinator-lost')(
      'and no other can: every grant is a row, the worker stays ready, and tools see it later',
    ),
  },
  {
    name: 'an assignment is no progress',
    section: group,
    protectsFrom:
      'A worker that joins its group again and again, and records nothing, says that it is ready.',
    edits: [{ change: remove }],
    caughtBy: serversTest('worker/stall-check')(
      'a worker that is assigned its partitions again and again, and records nothing, is not ready',
    ),
  },
]
