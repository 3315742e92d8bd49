import { remove } from '../changes.ts'
import type { Safeguard } from '../safeguard.ts'
import { serversTest } from './failing-test.ts'
import { skippedByCall } from './skipped-by-call.ts'

const section = '2. Append and confirm'
const confirmRefuses = (why: string) =>
  serversTest('coupon/gate/confirm')(
    'a gate that %s confirms nothing and stays as it is',
    `a gate that ${why} confirms nothing and stays as it is`,
  )

/** What confirm checks of a gate before a grant becomes a yes. */
export const confirmChecks: readonly Safeguard[] = [
  {
    name: 'the fence of confirm',
    section,
    protectsFrom:
      'A restarted Redis that still has the entry confirms it: a 201 whose winner the gate may have lost.',
    edits: skippedByCall('fence ~= fields[3]'),
    caughtBy: confirmRefuses('was armed on another server'),
  },
  {
    name: 'the epoch check of confirm',
    section,
    protectsFrom:
      'An acknowledgement that arrives after the cut becomes a yes, and the worker rejects that grant as late.',
    edits: skippedByCall('fields[2] ~= epoch'),
    caughtBy: confirmRefuses('is of a later epoch'),
  },
  {
    name: 'the state check of confirm',
    section,
    protectsFrom:
      'A gate that arming has stopped still answers yes, for a grant that may lie beyond the ends.',
    edits: skippedByCall("fields[4] == 'rearming'"),
    caughtBy: confirmRefuses('was stopped'),
  },
  {
    name: 'confirm compares the parts of a gate',
    section,
    protectsFrom:
      'A gate that lost its winners confirms a coupon that the next press of its owner does not find.',
    edits: [{ change: remove }],
    caughtBy: confirmRefuses('lost its winners'),
  },
]
