import { remove, replaceWith, swap } from '../changes.ts'
import type { Safeguard } from '../safeguard.ts'
import { serversTest } from './failing-test.ts'

const section = '6. Read'
const readingTest = serversTest('test/6-read/reading-coupons')
const notesTest = serversTest('test/6-read/unrecorded')
const notComplete = 'a list is called not complete while %s'
const lateList = 'a list is not complete until the ledger has every grant that was confirmed'
const overtaken = 'a try that was overtaken, or whose server was left or restarted, completes nothing'

/** Why a list of coupons lacks none, although it asks few gates. */
export const reading: readonly Safeguard[] = [
  {
    name: 'a list of coupons includes what only the gate knows',
    section,
    protectsFrom:
      'A winner who reads the list just after the yes finds no coupon, while the ledger is behind the log.',
    edits: [{ change: remove }],
    caughtBy: readingTest('is in its winner’s list, once, and the list is complete'),
  },
  {
    name: 'a grant is noted as unrecorded',
    section,
    protectsFrom: 'No list asks the gate that granted, and a winner’s next list lacks the coupon.',
    edits: [{ change: remove }],
    caughtBy: readingTest('is in its winner’s list, once, and the list is complete'),
  },
  {
    name: 'the notes are read before the ledger',
    section,
    protectsFrom:
      'The row comes after the query and the note goes before the look: the list has the coupon from neither.',
    edits: [{ change: remove }],
    caughtBy: readingTest('is in a list that its row and the end of its note overtook'),
  },
  {
    name: 'a list without the ledger is incomplete',
    section,
    protectsFrom:
      'A user with coupons gets an empty list as the complete one, because the ledger cannot be read.',
    edits: [{ change: swap('false', 'true') }],
    caughtBy: readingTest(notComplete, notComplete.replace('%s', 'the ledger cannot be read')),
  },
  {
    name: 'a list without a gate is incomplete',
    section,
    protectsFrom:
      'A winner gets a list without the coupon as the complete one, because the gate cannot be read.',
    edits: [{ change: remove }],
    caughtBy: readingTest(notComplete, notComplete.replace('%s', 'a gate cannot be read')),
  },
  {
    name: 'a list without the notes is incomplete',
    section,
    protectsFrom:
      'A winner gets a list without the coupon as the complete one, because Redis lost the note of its campaign.',
    edits: [{ change: remove }],
    caughtBy: readingTest(notComplete, notComplete.replace('%s', 'the notes are lost')),
  },
  {
    name: 'a list of a ledger that lost rows is incomplete',
    section,
    protectsFrom:
      'The database fails over to an older state: the notes are gone, the rows too, and the list is called complete.',
    edits: [{ change: replaceWith('return true') }],
    caughtBy: notesTest('makes lists incomplete until it has reached what it had'),
  },
  {
    name: 'lost notes are no notes',
    section,
    protectsFrom: 'A Redis that restarted without its memory calls every list complete.',
    edits: [{ change: swap("'LOST'", "'OK'") }],
    caughtBy: notesTest(lateList),
  },
  {
    name: 'a note of a later grant stays',
    section,
    protectsFrom:
      'A coupon that is granted while the worker waits for earlier ones is in no list for a while.',
    edits: [{ change: swap('== ARGV[index + 1]', '') }],
    caughtBy: notesTest('stays when the campaign granted another coupon meanwhile'),
  },
  {
    name: 'a note stays while a grant is pending',
    section,
    protectsFrom:
      'A grant that is appended later is in no list between its confirmation and its row, for its note is gone.',
    edits: [{ change: replaceWith('const pending = due.map(() => false)') }],
    caughtBy: notesTest('stays while a grant is pending'),
  },
  {
    name: 'a note is taken out once the ledger has its grants',
    section,
    protectsFrom: 'While the ledger is behind the log, lists lack coupons and are called complete.',
    edits: [{ change: remove }],
    caughtBy: notesTest('is there before the winner is told'),
  },
  {
    name: 'notes are complete once the ledger has every confirmed grant',
    section,
    protectsFrom:
      'Redis loses the notes while the ledger is behind: lists lack confirmed coupons and are called complete.',
    edits: [{ change: remove }],
    caughtBy: notesTest(lateList),
  },
  {
    name: 'notes are complete after the replication lag',
    section,
    protectsFrom:
      'A cut-off old master confirms a grant after the log was marked, and no list has the coupon until it is a row.',
    edits: [{ change: remove }],
    caughtBy: notesTest('after an old master may have confirmed'),
  },
  {
    name: 'notes are complete on the current Redis alone',
    section,
    protectsFrom:
      'Processes at a Redis that gates were moved away from call lists without new coupons complete.',
    edits: [{ change: remove }],
    caughtBy: notesTest('on the current Redis alone'),
  },
  {
    name: 'a Redis that is left calls no list complete',
    section,
    protectsFrom:
      'A process at the old Redis calls a list complete, although coupons are granted at the new one.',
    edits: [{ change: remove }],
    caughtBy: serversTest('coupon/deployment/current-redis')(
      'a Redis that is left no longer calls a list of coupons complete',
    ),
  },
  {
    name: 'notes are complete on the server that was claimed',
    section,
    protectsFrom:
      'Redis loses its memory again while the ledger catches up with the first loss, and lists are called complete.',
    edits: [{ change: remove }],
    caughtBy: notesTest(overtaken),
  },
  {
    name: 'notes are completed by the last claim',
    section,
    protectsFrom:
      'A worker that was paused before gates were moved away makes the notes of the old Redis complete again.',
    edits: [{ change: remove }],
    caughtBy: notesTest(overtaken),
  },
]
