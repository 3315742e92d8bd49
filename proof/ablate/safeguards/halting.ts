import { remove, swap } from '../changes.ts'
import type { Safeguard } from '../safeguard.ts'
import { serversTest } from './failing-test.ts'

const section = '5. Campaigns: kill switch'
const gateTest = serversTest('coupon/gate/halt')
const recordedTest = serversTest('test/5-campaigns/halt-recorded')
const switchTest = serversTest('test/5-campaigns/kill-switch')

/** What lets an operator stop a sale while the database is away, and keeps the stop until it is recorded. */
export const halting: readonly Safeguard[] = [
  {
    name: 'a pause needs no ledger',
    section,
    protectsFrom: 'A sale with a wrong price goes on for as long as the database is away.',
    edits: [{ change: remove }],
    caughtBy: switchTest('while the database %s, a pause stops all processes at once, and is recorded later'),
  },
  {
    name: 'a halted gate answers as a paused one',
    section,
    protectsFrom: 'A gate grants coupons after the operator was told that the sale is paused.',
    edits: [{ change: remove }],
    caughtBy: gateTest('refuses the very next decide as paused, and answers its winners'),
  },
  {
    name: 'the view of a halted gate is paused',
    section,
    protectsFrom: 'Pages say that a sale is open which grants nothing.',
    edits: [{ change: remove }],
    caughtBy: gateTest('is paused in its view, in the survey of the audit and at the inspection of a keeper'),
  },
  {
    name: 'a halt is of the version that was seen',
    section,
    protectsFrom: 'An operator stops a sale that another one changed a moment before, and is not told.',
    edits: [{ change: remove }],
    caughtBy: gateTest('when it has another version than was seen'),
  },
  {
    name: 'the keeper records a halt',
    section,
    protectsFrom: 'A pause stays in Redis alone for ever: a Redis that loses its memory opens the sale.',
    edits: [{ change: remove }],
    caughtBy: recordedTest(
      'a pause halts the gate, and the keeper makes a version of it when the ledger is back',
    ),
  },
  {
    name: 'a halt is recorded before the next change',
    section,
    protectsFrom: 'Who paused the sale and why is lost, and a resumption leaves the gate halted.',
    edits: [{ change: remove }],
    caughtBy: recordedTest('records the halt first: %s', 'records the halt first: resume'),
  },
  {
    name: 'a halt is recorded before its Redis is left',
    section,
    protectsFrom: 'A sale that was halted opens again because its gates moved to another Redis.',
    edits: [{ change: remove }],
    caughtBy: serversTest('test/4-arm/redis-moved')(
      'a sale that was halted at the old one without the ledger is paused at the new one',
    ),
  },
  {
    name: 'a change is recorded once',
    section,
    protectsFrom: 'A pause whose answer was lost reaches the ledger after the resumption, and pauses again.',
    edits: [{ change: remove }],
    caughtBy: recordedTest('pauses nothing when it reaches the ledger after a resumption'),
  },
  {
    name: 'a mark stays until the gate has the recorded version',
    section,
    protectsFrom: 'The halt ends before the gate is paused: coupons are granted in between.',
    edits: [{ change: remove }],
    caughtBy: gateTest('once the gate has the version at which the ledger recorded it'),
  },
  {
    name: 'lift removes exactly the mark that was recorded',
    section,
    protectsFrom: 'The end of one halt ends a later one that no ledger knows.',
    edits: [{ change: swap('~= ARGV[1]', "== ''") }],
    caughtBy: gateTest('exactly: a later halt stays'),
  },
]
