import type { Safeguard } from '../safeguard.ts'
import { editsOf, serversTest } from './places.ts'

const section = '4. Arm: from stop to cut'
const arm = editsOf('coupon/recovery/arming.ts')
const cut = editsOf('coupon/ledger/campaigns.ts')
const armTest = serversTest('coupon/recovery/arming')
const cutTest = serversTest('coupon/ledger/cut')
const stopToFlipTest = serversTest('test/4-arm/stop-to-flip')

/** What arming relies on from the stop to the cut: nothing is granted or confirmed beyond the ends. */
export const arming: readonly Safeguard[] = [
  {
    ...{ name: 'stop gives up on a higher epoch', section },
    protectsFrom: 'A keeper that was paused for an hour closes the gate that another has opened since.',
    edits: editsOf('coupon/gate/stop.lua')([
      "if ofGate > epoch or ofClaim > epoch then return {'EPOCH', text(math.max(ofGate, ofClaim))} end\n",
      '',
    ]),
    caughtBy: armTest('a gate or a claim of a later epoch is not overwritten, and the ledger stays as it is'),
  },
  {
    ...{ name: 'the lease', section },
    protectsFrom:
      'Keepers that see one loss take the gate from each other, again and again, before anyone opens it.',
    edits: arm([
      'campaignIds.filter((id) => held.has(leaseOf(id)))',
      'campaignIds.filter((id) => held.has(leaseOf(id)) || true)',
    ]),
    caughtBy: armTest('of five that arm one campaign at once one does, and the gate is whole'),
  },
  {
    ...{ name: 'waiting out the lag of replicas', section },
    protectsFrom:
      'A cut-off old master goes on confirming beside its successor: those winners lie beyond the ends, and have no row.',
    edits: arm(['    if (waitMs > 0) await wait(waitMs)\n', '']),
    caughtBy: armTest('on a replicated Redis arming waits out how long a cut-off old master could go on'),
  },
  {
    ...{ name: 'the relay of what survived', section },
    protectsFrom: 'Who was told "pending", and whose entry survived, loses the coupon to somebody else.',
    edits: arm(['    for (const one of armedBefore) await relay(one)\n', '']),
    caughtBy: serversTest('test/4-arm/after-arming')(
      'who was told "pending" and survived in the outbox wins after all, with the same coupon',
    ),
  },
  {
    ...{ name: 'the ends are marked after the stop', section },
    protectsFrom:
      'What is confirmed between ends and stop lies beyond the cut: people who were told yes have no row.',
    edits: arm(
      [
        '    const rows = await campaigns.readMany(campaignIds)\n',
        '    const rows = await campaigns.readMany(campaignIds)\n' +
          '    const early = [...rows.values()].some(({ epoch }) => epoch > 0) ? await markInTurn() : undefined\n',
      ],
      ['await bringBack(stopped, outcomes)', 'await bringBack(stopped, outcomes, early)'],
      [
        'const bringBack = async (stopped: readonly Stopped[], outcomes: Map<string, ArmOutcome>)',
        'const bringBack = async (stopped: readonly Stopped[], outcomes: Map<string, ArmOutcome>, early?: Map<number, number>)',
      ],
      ['await reachEnds(stopped)', 'await reachEnds(stopped, early)'],
      [
        'const reachEnds = async (stopped: readonly Stopped[])',
        'const reachEnds = async (stopped: readonly Stopped[], early?: Map<number, number>)',
      ],
      ['const ends = await markInTurn()', 'const ends = early ?? (await markInTurn())'],
    ),
    caughtBy: stopToFlipTest('whoever is told yes between the look at a gate and its stop keeps the coupon'),
  },
  {
    ...{ name: 'armings mark the log in turn', section },
    protectsFrom:
      'Late grants of two armings wait for each other in a replay, and the ledger stands still for ever.',
    edits: arm(["['fc:mark']", '[`fc:mark:${Math.random()}`]']),
    caughtBy: stopToFlipTest('nobody marks the log while another arming marks it'),
  },
  {
    ...{ name: 'waiting for the ends', section },
    protectsFrom:
      'A gate whose ledger is behind never comes back: the cut refuses each try, and each writes more for the ledger to pass.',
    edits: editsOf('coupon/log/log-ends.ts')(['missing > 0; missing = ', 'missing < 0; missing = ']),
    caughtBy: stopToFlipTest(
      'a gate whose ledger is behind is armed by one try, once the ledger has what was confirmed',
    ),
  },
  {
    ...{ name: 'the epoch check of the cut', section },
    protectsFrom:
      'A creation that was paused sets the epoch of a campaign back, and no keeper can cut it a second time.',
    edits: cut(["row?.['epoch'] !== epoch || row[", 'row?.[']),
    caughtBy: cutTest('an epoch is cut once: whoever comes later changes nothing'),
  },
  {
    ...{ name: 'the position check of the cut', section },
    protectsFrom:
      'An epoch ends where the ledger is not any more; the rebuild looks again, and has to throw away what it began.',
    edits: cut([
      '(positions.get(partition) ?? 0) < end))',
      '(positions.get(partition) ?? 0) < end - Infinity))',
    ]),
    caughtBy: cutTest('an epoch is not cut where the ledger is not, and ends exactly where it is'),
  },
]
