import type { Safeguard } from '../safeguard.ts'
import { editsOf, serversTest } from './places.ts'

const section = '4. Arm: rebuild'
const reader = editsOf('coupon/ledger/snapshot.ts')
const stopToFlipTest = serversTest('test/4-arm/stop-to-flip')

const cutting = `    if (!(await campaigns.cut(id, epoch, first ? undefined : ends)))
      return { kind: 'lost', what: 'the epoch was cut by another, or the ledger went back' }
`
const rebuild =
  '    const rebuilt = await options.rebuilder.rebuild(campaign, epoch + 1, seal, first ? undefined : ends)\n'

/** What arming relies on from the cut to the flip: the gate that is to open knows every winner. */
export const rebuilding: readonly Safeguard[] = [
  {
    ...{ name: 'the rebuild begins after the cut', section },
    protectsFrom:
      'A grant that becomes a row between rebuild and cut is unknown to the new gate, which sells its unit again.',
    edits: editsOf('coupon/recovery/arming.ts')([cutting + rebuild, rebuild + cutting]),
    caughtBy: stopToFlipTest('a grant that becomes a row before the cut is a winner of the next epoch'),
  },
  {
    ...{ name: 'the position check of the rebuild', section },
    protectsFrom:
      'A database that went back in time after the cut makes a gate that does not know its winners, and sells their units again.',
    edits: reader([
      '(positions.get(partition) ?? 0) < end)',
      '(positions.get(partition) ?? 0) < end - Infinity)',
    ]),
    caughtBy: stopToFlipTest('a ledger that goes back in time between cut and rebuild opens no gate'),
  },
  {
    ...{ name: 'one snapshot for the rebuild', section },
    protectsFrom:
      'A database that goes back in time in the middle of a rebuild takes winners out of what was already checked.',
    edits: reader([
      'of readRows(connection, campaignId))',
      'of readRows({ rows: (sql, values) => database.transaction(async (own) => ({ commit: false, result: await own.rows(sql, values) })) }, campaignId))',
    ]),
    caughtBy: serversTest('coupon/ledger/cut')(
      'every chunk of a rebuild is of the moment at which its position was checked',
    ),
  },
  {
    ...{ name: 'the free list of missing ranks', section },
    protectsFrom:
      'Units whose grants are in no durable book are never sold: the campaign ends short of its stock.',
    edits: editsOf('coupon/recovery/rebuild.ts')(['            freeRanks.push(rebuilt.nextRank)\n', '']),
    caughtBy: serversTest('test/4-arm/after-arming')(
      'sold out reopens by the units that are in no durable book and by no other',
    ),
  },
  {
    ...{ name: 'rebuilt keys expire until the flip', section },
    protectsFrom: 'What a keeper wrote that died in the middle of a rebuild may stay in Redis for ever.',
    edits: editsOf('coupon/gate/fill.lua')([
      "redis.call('PEXPIRE', KEYS[2], ARGV[3])\nredis.call('PEXPIRE', KEYS[3], ARGV[3])\n",
      '',
    ]),
    caughtBy: stopToFlipTest('what a rebuild wrote goes by itself until the flip, and stays after it'),
  },
]
