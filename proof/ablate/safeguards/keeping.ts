import { insertBefore, remove, replaceWith, swap } from '../changes.ts'
import type { Safeguard } from '../safeguard.ts'
import { serversTest } from './failing-test.ts'

const retirementTest = serversTest('test/5-campaigns/retirement')
const stays = 'a gate stays when %s'

/** What the loops of the worker rely on. */
export const keeping: readonly Safeguard[] = [
  {
    name: 'the relay of overdue entries',
    section: '2. Append and confirm: keeper',
    protectsFrom:
      'Grants of a process that died before it could append stay "pending" for ever, and their units unsold.',
    edits: [{ change: remove }],
    caughtBy: serversTest('test/2-append-and-confirm/relay')(
      'grants of a process that died between decide and append become rows and wins',
    ),
  },
  {
    name: 'the keeper arms a lost gate',
    section: '4. Arm: keeper',
    protectsFrom: 'A campaign that lost its gate answers "recovering" until an operator arms it by hand.',
    edits: [{ change: insertBefore("if (inspected.kind === 'recovering') return false") }],
    caughtBy: serversTest('test/4-arm/detection')(
      'after %s the very next press is refused, and the first look of a keeper arms the gate',
      'after the gate was deleted the very next press',
    ),
  },
  {
    name: 'the keeper arms a gate of an earlier epoch',
    section: '4. Arm: keeper',
    protectsFrom: 'A restored old copy of a gate goes on selling in an ended epoch: its grants are late.',
    edits: [{ change: swap('|| inspected.epoch < epoch', '') }],
    caughtBy: serversTest('test/4-arm/stop-to-flip')(
      'a gate of an ended epoch is armed after the first look of a keeper',
    ),
  },
  {
    name: 'a key makes one campaign',
    section: '5. Campaigns: create',
    protectsFrom:
      'A retry after a lost answer makes a second open campaign, and a shopper holds two coupons.',
    edits: [{ change: replaceWith('const owner = id as string | undefined') }],
    caughtBy: serversTest('test/5-campaigns/idempotency-key')(
      'twenty at once on both processes make one campaign',
    ),
  },
  {
    name: 'a gate is retired only when its audit passes',
    section: '5. Campaigns: retire',
    protectsFrom:
      'Redis deletes a gate that knows a winner whom the ledger does not have, and with it the trace of the fault.',
    edits: [{ change: remove }],
    caughtBy: retirementTest(stays, stays.replace('%s', 'a row is missing')),
  },
  {
    name: 'the ledger retires only what was audited',
    section: '5. Campaigns: retire',
    protectsFrom: 'A campaign that was armed again or changed during its audit is retired nevertheless.',
    edits: [{ change: swap('AND epoch = ? AND version = ?', 'AND epoch + ? >= 0 AND version + ? >= 0') }],
    caughtBy: retirementTest(
      'a campaign that was armed, changed or retired since the audit began is not retired by it',
    ),
  },
]
