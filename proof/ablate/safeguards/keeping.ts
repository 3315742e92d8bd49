import type { Safeguard } from '../safeguard.ts'
import { editsOf, serversTest } from './places.ts'

const keeper = editsOf('coupon/recovery/keeper.ts')
const coupons = editsOf('coupon/reading/coupons.ts')
const retirementTest = serversTest('test/5-campaigns/retirement')
const readingTest = serversTest('test/6-read/reading-coupons')
const needs = "if (inspected.kind === 'recovering' || inspected.epoch < epoch) return true"
const notComplete = 'a list is called not complete while %s'
const stays = 'a gate stays when %s'

/** What the loops of a worker and the reading of coupons rely on. */
export const keeping: readonly Safeguard[] = [
  {
    ...{ name: 'the relay of overdue entries', section: '2. Append and confirm: keeper' },
    protectsFrom:
      'What a process granted that died before it could append is "pending" for ever, and its units unsold.',
    edits: keeper(['      if (!draining.has(id)) void drain(id, epoch, inspected.overdue)\n', '']),
    caughtBy: serversTest('test/2-append-and-confirm/relay')(
      'grants of a process that died between deciding and appending become rows and wins',
    ),
  },
  {
    ...{ name: 'the keeper arms a gate that is lost', section: '4. Arm: keeper' },
    protectsFrom: 'A campaign that lost its gate says "recovering" until somebody comes and arms it by hand.',
    edits: keeper([
      needs,
      "if (inspected.kind === 'recovering') return false\n    if (inspected.epoch < epoch) return true",
    ]),
    caughtBy: serversTest('test/4-arm/detection')(
      'after %s the very next press is refused, before anybody looked, and the first look of a keeper',
      'after the gate was deleted the very next press',
    ),
  },
  {
    ...{ name: 'the keeper arms a gate of an earlier epoch', section: '4. Arm: keeper' },
    protectsFrom:
      'An old copy of a gate that was put back goes on selling in an epoch that is over: its grants are late.',
    edits: keeper([needs, "if (inspected.kind === 'recovering') return true"]),
    caughtBy: serversTest('test/4-arm/stop-to-flip')(
      'a gate of an epoch that is over is armed after the first look of a keeper',
    ),
  },
  {
    ...{ name: 'a gate is retired only when its audit passes', section: '5. Campaigns: retire' },
    protectsFrom:
      'A gate goes that knows of a winner whom the ledger does not have, and with it the trace of the fault.',
    edits: editsOf('coupon/recovery/retire.ts')([
      "if (result?.verdict !== 'pass') {",
      'if (result === undefined) {',
    ]),
    caughtBy: retirementTest(stays, stays.replace('%s', 'a row is missing')),
  },
  {
    ...{ name: 'the ledger retires only what was audited', section: '5. Campaigns: retire' },
    protectsFrom: 'A campaign that was armed again or changed while it was audited is retired all the same.',
    edits: editsOf('coupon/ledger/retirements.ts')([
      'AND epoch = ? AND version = ? AND retired_at_ms IS NULL`',
      'AND epoch + ? >= 0 AND version + ? >= 0 AND retired_at_ms IS NULL`',
    ]),
    caughtBy: retirementTest('a campaign that was armed again, changed or retired since the audit began'),
  },
  {
    ...{ name: 'a list of coupons has what only the gate knows', section: '6. Read' },
    protectsFrom:
      'A winner who looks a moment after the yes finds nothing, while the ledger is behind the log.',
    edits: coupons([
      'held.filter(({ grant }) => !stored.has(grant.couponId))',
      'held.filter(({ grant }) => grant.couponId === undefined && stored.size > 0)',
    ]),
    caughtBy: readingTest('a winner whom the ledger does not have yet finds the coupon, once, in a list'),
  },
  {
    ...{ name: 'a list without the ledger is not complete', section: '6. Read' },
    protectsFrom:
      'Who has coupons is shown an empty list as if that were all, because the ledger cannot be read.',
    edits: coupons(['(await anywhere).held, false)', '(await anywhere).held, true)']),
    caughtBy: readingTest(notComplete, notComplete.replace('%s', 'the ledger cannot be read')),
  },
  {
    ...{ name: 'a list without a gate is not complete', section: '6. Read' },
    protectsFrom:
      'A winner is shown a list without the coupon as if that were all, because the gate cannot be read.',
    edits: coupons(["isCurrent && answers.every(({ status }) => status === 'fulfilled')", 'isCurrent']),
    caughtBy: readingTest(notComplete, notComplete.replace('%s', 'a gate cannot be read')),
  },
  {
    ...{ name: 'a list without the list of campaigns is not complete', section: '6. Read' },
    protectsFrom:
      'A winner is shown a list without the coupon as if that were all, because its campaign is not known.',
    edits: coupons([
      "isCurrent && answers.every(({ status }) => status === 'fulfilled')",
      "answers.every(({ status }) => status === 'fulfilled')",
    ]),
    caughtBy: readingTest(notComplete, notComplete.replace('%s', 'the list of campaigns is lost')),
  },
]
