import { remove, swap } from '../changes.ts'
import type { Safeguard } from '../safeguard.ts'
import { serversTest, unitTest } from './failing-test.ts'

const campaigns = '5. Campaigns'
const versionTest = serversTest('test/5-campaigns/highest-version')
const changesTest = serversTest('test/5-campaigns/changes')
const openingTest = serversTest('test/5-campaigns/edit-at-the-opening')
const applyTest = serversTest('coupon/gate/apply')
const relayTest = serversTest('test/2-append-and-confirm/relay')
const stays = 'retire removes no gate %s'
const keeperGateTest = serversTest('coupon/gate/keeper-gate')

/** What keeps ledger, gate and list together, and steps that died half way from being left so. */
export const versions: readonly Safeguard[] = [
  {
    name: 'a change is made to the version that was seen',
    section: '5. Campaigns: changes',
    protectsFrom: 'An operator overwrites what another one changed a moment before, and neither is told.',
    edits: [{ change: remove }],
    caughtBy: changesTest('a change to a version that was changed meanwhile is 412, and changes nothing'),
  },
  {
    name: 'the highest stock follows the stock',
    section: '5. Campaigns: changes',
    protectsFrom:
      'Coupons that are granted after the stock was raised are refused by the ledger: winners lose them.',
    edits: [{ change: swap('GREATEST(highest_stock, ?)', 'LEAST(highest_stock, ?)') }],
    caughtBy: changesTest('more stock reopens a sale that was sold out, on every process'),
  },
  {
    name: 'a gate that has opened takes nothing back',
    section: '5. Campaigns: edits',
    protectsFrom:
      'An edit that reaches its gate after the opening lowers the stock or the discount under those who won before.',
    edits: [{ change: remove }],
    caughtBy: serversTest('coupon/gate/frozen')(
      'refuses exactly what an operator is told is frozen, and writes nothing then',
    ),
  },
  {
    name: 'a flip takes nothing back',
    section: '5. Campaigns: edits',
    protectsFrom:
      'An edit that its gate never got comes by an arming after the opening, and winners lose by it.',
    edits: [{ change: remove }],
    caughtBy: openingTest('does not come by an arming either'),
  },
  {
    name: 'the keeper takes back what a gate that has opened refused',
    section: '5. Campaigns: edits',
    protectsFrom:
      'Ledger and gate differ for ever: lists show other terms than winners were told, and no later change applies.',
    edits: [{ change: remove }],
    caughtBy: openingTest('is taken back by the keeper when its process died before'),
  },
  {
    name: 'the terms of coupons are frozen just before the opening',
    section: '5. Campaigns: edits',
    protectsFrom:
      'A process answers the first winners with a title and a discount that were edited a moment before.',
    edits: [{ change: remove }],
    caughtBy: unitTest('coupon/campaigns/frozen-terms.property')(
      'may not change what winners are told when %s',
      'may not change what winners are told when the opening is near',
    ),
  },
  {
    name: 'a migration goes on after what it did before',
    section: '3. Record: log → ledger',
    protectsFrom: 'A migration that was killed half way fails for good: its first table exists already.',
    edits: [{ change: remove }],
    caughtBy: serversTest('migrations/half-applied')(
      'a migration that was killed behind any statement is finished by running it again',
    ),
  },
  {
    name: 'each flip is listed',
    section: '4. Arm: list',
    protectsFrom: 'A worker that dies amid many armings leaves open gates that answer "no such campaign".',
    edits: [{ change: remove }],
    caughtBy: versionTest(
      'a gate is listed with its flip: a process that dies amid many armings leaves none unlisted',
    ),
  },
  {
    name: 'a gate in order is listed',
    section: '4. Arm: keeper',
    protectsFrom: 'An open gate that is missing on the list answers "no such campaign" for ever.',
    edits: [{ change: remove }],
    caughtBy: versionTest('an open gate that is not listed is listed by the first look of a keeper'),
  },
  {
    name: 'flip keeps a higher version of the gate',
    section: '4. Arm: flip',
    protectsFrom: 'A change that reached a gate while it was armed is undone by the flip.',
    edits: [{ change: remove }],
    caughtBy: applyTest('settings that came while the gate was being armed hold after an older flip'),
  },
  {
    name: 'apply writes only a higher version',
    section: campaigns,
    protectsFrom: 'A late write of an older change undoes a newer one: a closed campaign sells again.',
    edits: [{ change: remove }],
    caughtBy: applyTest('in whatever order the settings come'),
  },
  {
    name: 'the keeper brings a gate up to the ledger',
    section: campaigns,
    protectsFrom: 'A change whose process died between ledger and gate never reaches the gate.',
    edits: [{ change: swap('await gate.apply(campaign)', "{ kind: 'older' as const, version }") }],
    caughtBy: versionTest('a ledger ahead of its gate: the gate and the list take its settings'),
  },
  {
    name: 'the ledger takes newer settings of a gate',
    section: campaigns,
    protectsFrom:
      'After the ledger went back in time its stock is lower than what the gate sells: rows are refused.',
    edits: [{ change: swap('await campaigns.adopt(id, settings, inspected.nowMs)', 'inspected.nowMs < 0') }],
    caughtBy: versionTest('a gate ahead of its ledger: the ledger went back in time, and takes its settings'),
  },
  {
    name: 'the relay by the list of campaigns',
    section: '2. Append and confirm: keeper',
    protectsFrom: 'A worker that starts while the database is away relays nothing: winners stay "pending".',
    edits: [{ change: swap('ids.map((id) => [id, 1])', '[]') }],
    caughtBy: relayTest('without the ledger a keeper that never read it relays by the list and the gates'),
  },
  {
    name: 'no relay into the log of another deployment',
    section: '2. Append and confirm: keeper',
    protectsFrom: 'A worker with a wrong REDIS_URL confirms grants that its own log has, and theirs has not.',
    edits: [{ change: remove }],
    caughtBy: relayTest('without the ledger nothing is relayed into the log of another deployment'),
  },
  {
    name: 'an unreadable winner hides no other',
    section: '2. Append and confirm: sweep',
    protectsFrom:
      'One bad value in a gate stops the sweep there for ever, and it finds no lost grant behind it.',
    edits: [{ change: swap("unreadable.push(flat[at] ?? '')", "throw new Failure('defect', 'unreadable')") }],
    caughtBy: relayTest(
      'the sweep passes over winners that cannot be read, says so once, and finds the others',
    ),
  },
  {
    name: 'retire removes only the version that was audited',
    section: '5. Campaigns: retire',
    protectsFrom: 'Redis deletes a gate that was changed after its audit.',
    edits: [{ change: remove }],
    caughtBy: keeperGateTest(stays, stays.replace('%s', 'of a later version than was audited')),
  },
  {
    name: 'retire removes no open gate',
    section: '5. Campaigns: retire',
    protectsFrom: 'Redis deletes a gate that sells, with the coupons of a moment ago.',
    edits: [{ change: remove }],
    caughtBy: keeperGateTest(stays, stays.replace('%s', 'that is open')),
  },
  {
    name: 'retire removes no outbox entry',
    section: '5. Campaigns: retire',
    protectsFrom: 'Redis deletes grants that are nowhere else: their owners were told "pending".',
    edits: [{ change: remove }],
    caughtBy: keeperGateTest('retire removes no gate with grants that are not confirmed'),
  },
  {
    name: 'a gate that may grant keeps its campaign live',
    section: '5. Campaigns: retire',
    protectsFrom: 'A gate that could not be removed stays with a campaign that no keeper looks after.',
    edits: [{ change: remove }],
    caughtBy: serversTest('test/5-campaigns/retirement')(
      'a gate that was opened after its audit stays, and its campaign is live again',
    ),
  },
]
