import { remove, replaceWith, swap } from '../changes.ts'
import type { Safeguard } from '../safeguard.ts'
import { serversTest, unitTest } from './failing-test.ts'

const section = '3. Record: offsets without a record'
const gapTest = serversTest('test/3-record/log-gaps')
const openTitle = 'a transaction that stays open holds back no row, no arming and no audit'
const stands = 'the partition stands, and no campaign comes back.'

/**
 * What recording relies on where an offset of the log has no record: transactions of other clients,
 * compaction.
 */
export const logGaps: readonly Safeguard[] = [
  {
    name: 'a batch starts where the broker was asked',
    section,
    protectsFrom: `A gap before the first fetched record looks as if records were skipped: ${stands}`,
    edits: [{ change: swap('slice.fetchedOffset', 'Number(recordsOf(slice)[0]?.offset)') }],
    caughtBy: gapTest('at the very start of what is fetched: the ledger that went back to it records on'),
  },
  {
    name: 'a batch ends after its control records',
    section,
    protectsFrom: `The ledger stays before a control record that the consumer has passed: ${stands}`,
    edits: [{ change: swap('slice.records.at(-1)', 'recordsOf(slice).at(-1)') }],
    caughtBy: gapTest('several in a row, at the end of a backlog: the position moves past them'),
  },
  {
    name: 'records are dropped by offset',
    section,
    protectsFrom:
      'After a gap the records of a batch are counted wrongly: a winner is skipped, and never gets a row.',
    edits: [{ change: replaceWith('const done = nextOffset - (rest[0]?.offset ?? nextOffset)') }],
    caughtBy: serversTest('worker/batch-gaps')(
      'records between gaps of the log are all recorded, by batches that end at the next record',
    ),
  },
  {
    name: 'no open transaction stops a partition',
    section,
    protectsFrom: 'Any client that leaves a transaction open holds back every later grant of its partition.',
    edits: [{ change: swap('readUncommitted', '1') }],
    caughtBy: gapTest(openTitle),
  },
  {
    name: 'the end of the log is not held back by transactions',
    section,
    protectsFrom:
      'While any transaction is open the ledger seems to stand beyond the end of the log: workers exit, and audits miss records.',
    edits: [{ change: remove }],
    caughtBy: gapTest(openTitle),
  },
  {
    name: 'a compacted batch ends at its own last offset',
    section,
    protectsFrom: `A batch whose records were compacted away is fetched again for ever: ${stands}`,
    edits: [{ change: remove }],
    caughtBy: unitTest('platform/kafka/kafkajs')('%s: it ends at its own last offset'),
  },
  {
    name: 'a reader moves past offsets without a record',
    section,
    protectsFrom: 'Audit and dead letters fail where the log ends in a control record.',
    edits: [
      {
        change: replaceWith(
          'return records.length === 0 ? undefined : { records, nextOffset: Number(last.offset) + 1 }',
        ),
      },
    ],
    caughtBy: serversTest('platform/kafka/topic-reader')(
      'a range from %d to %d ends at its end, and has the offsets %j',
    ),
  },
  {
    name: 'every codec of Kafka is read',
    section: '3. Record: codecs',
    protectsFrom:
      'After a change of compression.type people are told yes, and the worker fails at the first batch, at every start.',
    edits: [{ change: remove }],
    caughtBy: serversTest('test/3-record/compressed-log')(
      'a log that the broker compresses with %s is recorded, and the audit and the dead letters read it',
      'a log that the broker compresses with lz4',
    ),
  },
  {
    name: 'a log that cannot be read is refused',
    section: '3. Record: codecs',
    protectsFrom: 'People are told yes for grants that no worker of this version can record.',
    edits: [{ change: remove }],
    caughtBy: unitTest('coupon/log/require-readable-log')(
      'a log in a codec that this version cannot read is refused, by name',
    ),
  },
]
