import type { Safeguard } from '../safeguard.ts'
import { epochCheck, fenceCheck, onlyWithout, stateCheck } from './gate-checks.ts'
import { editsOf, serversTest } from './places.ts'

const section = '2. Append and confirm'
const confirmRefuses = (why: string) =>
  serversTest('coupon/gate/confirm')(
    'a gate that %s confirms nothing and stays as it is',
    `a gate that ${why} confirms nothing and stays as it is`,
  )

/** What confirm asks of a gate before it makes a yes of a grant. */
export const confirmChecks: readonly Safeguard[] = [
  {
    ...{ name: 'the fence of confirm', section },
    protectsFrom:
      'A restarted Redis that still has the entry confirms it: a 201 whose winner the gate may have lost.',
    edits: onlyWithout('confirm', fenceCheck, 'fence ~= fields[3]'),
    caughtBy: confirmRefuses('was armed on another server'),
  },
  {
    ...{ name: 'the epoch check of confirm', section },
    protectsFrom:
      'An acknowledgement that comes after the cut is answered yes, and the recorder calls that grant late.',
    edits: onlyWithout('confirm', epochCheck, 'fields[2] ~= epoch'),
    caughtBy: confirmRefuses('is of a later epoch'),
  },
  {
    ...{ name: 'the state check of confirm', section },
    protectsFrom: 'A gate that arming has stopped still says yes, to a grant that may lie beyond the ends.',
    edits: onlyWithout('confirm', stateCheck, "fields[4] == 'rearming'"),
    caughtBy: confirmRefuses('was stopped'),
  },
  {
    ...{ name: 'the parts check of confirm', section },
    protectsFrom:
      'A gate that forgot its winners confirms a coupon that the next press of its owner does not find.',
    edits: editsOf('coupon/gate/confirm.lua')([
      'refusal = disagreement(gate, KEYS[2], KEYS[3], KEYS[4])\nif refusal then return refusal end\n',
      '',
    ]),
    caughtBy: confirmRefuses('lost its winners'),
  },
]
