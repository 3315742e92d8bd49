import type { Safeguard } from '../safeguard.ts'
import { editsOf, serversTest, unitTest } from './places.ts'

const late = '3. Record: late grants'
const position = '3. Record: positions and dead letters'
const record = editsOf('coupon/ledger/record.ts')
const lateness = editsOf('coupon/ledger/late.ts')
const progress = editsOf('worker/progress.ts')
const lateTest = serversTest('coupon/ledger/late')
const cutTest = serversTest('coupon/ledger/cut')
const progressTest = unitTest('worker/progress')
const outsideTitle = 'a position that the log does not hold is refused, and nothing is read: %s'
const reading = '      const campaigns = await readCampaigns(connection, grants)\n'

/** What recording relies on: a row for every grant that was made in time, and the position with its rows. */
export const recording: readonly Safeguard[] = [
  {
    ...{ name: 'the late check', section: late },
    protectsFrom:
      'A grant that reaches the log after its gate was lost becomes a row, and its unit may be sold to somebody else by now.',
    edits: record([
      'await findLate(connection, stretch, campaigns)',
      '{ late: new Set<GrantAt>(), undecidedFrom: undefined as number | undefined }',
    ]),
    caughtBy: lateTest('a grant of an ended epoch below its cut is a row; at the cut and beyond it is late'),
  },
  {
    ...{ name: 'late only when every partition has reached the cut', section: late },
    protectsFrom:
      'In a replay a winner is called late, because the double below the cut of another partition is not recorded yet.',
    edits: lateness(['undecidedFrom: undecided?.offset }', 'undecidedFrom: undecided && undefined }']),
    caughtBy: lateTest('while another partition has not reached the cut nothing is called late'),
  },
  {
    ...{ name: 'the share lock of the late check', section: late },
    protectsFrom:
      'An epoch is cut between check and rows: they are in the ledger, and not in the gate that is rebuilt from it.',
    edits: record([
      'WHERE campaign_id IN (${marks(ids.length)}) LOCK IN SHARE MODE`',
      'WHERE campaign_id IN (${marks(ids.length)})`',
    ]),
    caughtBy: cutTest('a cut waits for the rows of a batch that was found to be in time'),
  },
  {
    ...{ name: 'the order of the late check, with its locking reads', section: late },
    protectsFrom:
      'A batch that waited for a cut looks for it in an older view, finds none, and calls a winner late.',
    edits: [
      ...record([reading, `      await connection.rows('SELECT epoch FROM campaigns LIMIT 1')\n${reading}`]),
      ...lateness(['AND epoch > 0 LOCK IN SHARE MODE`', 'AND epoch > 0`']),
    ],
    caughtBy: cutTest('a batch that waited for a cut knows it: what lies below is a row'),
  },
  {
    ...{ name: 'a late grant that has a row is a redelivery', section: late },
    protectsFrom:
      'The double of a recorded grant, relayed once more, raises an alarm about a winner who lost nothing.',
    edits: lateness([
      'beyond.filter(({ grant }) => !stored.has(grant.couponId))',
      'beyond.filter(() => stored.size >= 0)',
    ]),
    caughtBy: lateTest('the redelivery of a stored grant beyond the cut is fine'),
  },
  {
    ...{ name: 'the position moves in the transaction of its rows', section: position },
    protectsFrom:
      'A worker that dies in between has moved past records that have no row: their winners lose.',
    edits: record([
      'await movePosition(connection, partition, startOffset, nextOffset)',
      'await database.transaction(async (own) => ({ commit: true, result: await movePosition(own, partition, startOffset, nextOffset) }))',
    ]),
    caughtBy: serversTest('worker/recording')(
      'nothing is committed before the dead letters are acknowledged',
    ),
  },
  {
    ...{ name: 'the guard of the position', section: position },
    protectsFrom:
      'After the database went back in time the consumer goes on where it was, and what lies between has no row.',
    edits: record([
      'if (row === undefined || stored < startOffset) return stored',
      'if (row === undefined) return stored',
    ]),
    caughtBy: serversTest('coupon/ledger/record')(
      'a worker that starts above the stored position stores nothing and is told where the ledger stands',
    ),
  },
  {
    ...{ name: 'the seek to the stored position', section: position },
    protectsFrom:
      'A worker reads where Kafka believes it to be: a database that went back is never filled again from there.',
    edits: progress(['        consumer.seek(partition, at)\n', '']),
    caughtBy: progressTest('a partition that was handed over is read from where the ledger stands'),
  },
  {
    ...{ name: 'a position before the start of the log is refused', section: position },
    protectsFrom:
      'Kafka moves the consumer without a word past records that are gone: their winners lose, and nobody is told.',
    edits: progress(['at < offsets.first || at > offsets.end', 'at > offsets.end']),
    caughtBy: progressTest(outsideTitle, outsideTitle.replace('%s', 'before its start')),
  },
  {
    ...{ name: 'a position beyond the end of the log is refused', section: position },
    protectsFrom:
      'A topic that was created anew is read from its end on: what it got before is skipped without a word.',
    edits: progress(['at < offsets.first || at > offsets.end', 'at < offsets.first']),
    caughtBy: progressTest(outsideTitle, outsideTitle.replace('%s', 'beyond its end')),
  },
  {
    ...{ name: 'dead letters are acknowledged before the commit', section: position },
    protectsFrom:
      'A record that can not be a row is passed over and kept nowhere, when the log refuses its letter.',
    edits: record([
      '      await keep(broken, nextOffset)\n',
      '      void keep(broken, nextOffset).catch(() => undefined)\n',
    ]),
    caughtBy: serversTest('coupon/ledger/crash')(
      'dead letters that could not be kept leave neither rows nor position',
    ),
  },
]
