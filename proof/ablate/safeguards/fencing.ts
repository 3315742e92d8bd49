import type { Safeguard } from '../safeguard.ts'
import { epochCheck, fenceCheck, onlyWithout } from './gate-checks.ts'
import { editsOf, serversTest } from './places.ts'

const section = '1. Decide: the fence'
const order = editsOf('coupon/gate/order.lua')
const fenceTest = serversTest('coupon/gate/fence')
const partsTest = serversTest('coupon/gate/parts')
const disagree = (row: string) =>
  partsTest(
    'a gate whose parts disagree says nothing, and its view is not believed: %s',
    `a gate whose parts disagree says nothing, and its view is not believed: ${row}`,
  )

/** What a gate has to prove before it is believed. */
export const fencing: readonly Safeguard[] = [
  {
    ...{ name: 'the fence of decide', section },
    protectsFrom: 'A Redis that came back from an older file sells the units of its lost second again.',
    edits: onlyWithout('decide', fenceCheck, 'fence ~= fields[3]'),
    caughtBy: fenceTest(
      'after a restart of a Redis %s, nothing is granted, confirmed or looked up',
      'after a restart of a Redis that kept everything in its RDB',
    ),
  },
  {
    ...{ name: 'the fence of look', section },
    protectsFrom: 'A Redis that forgot a win answers "you have nothing" to its winner.',
    edits: onlyWithout('look', fenceCheck, 'fence ~= fields[3]'),
    caughtBy: fenceTest(
      'after a restart of a Redis %s, nothing is granted, confirmed or looked up',
      'after a restart of a Redis that kept everything in its RDB',
    ),
  },
  {
    ...{ name: 'the fence is master_replid and not run_id', section },
    protectsFrom:
      'A master that was demoted, re-synchronised and promoted again has lost grants and is still the same process.',
    edits: order([
      "  return string.match(info, 'master_replid:(%x+)')",
      "  return string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')",
    ]),
    caughtBy: fenceTest('a master that was demoted, re-synchronised and promoted again is refused'),
  },
  {
    ...{ name: 'only a master has a fence', section },
    protectsFrom: 'A replica in step with its master passes for it and decides beside it.',
    edits: order(["  if not string.find(info, 'role:master', 1, true) then return nil end\n", '']),
    caughtBy: fenceTest('a replica refuses, and refuses after its promotion'),
  },
  {
    ...{ name: '#!lua without flags', section },
    protectsFrom:
      'A cut-off old master goes on saying "sold out" and "you have nothing" beside its successor.',
    edits: editsOf('coupon/gate/scripts.ts')(['`#!lua\\n${order}', '`${order}']),
    caughtBy: fenceTest('a master without its replicas refuses everything, its "sold out" included'),
  },
  {
    ...{ name: 'the epoch check of decide', section },
    protectsFrom: 'A process that slept through an arming decides with the keys of an epoch that is over.',
    edits: onlyWithout('decide', epochCheck, 'fields[2] ~= epoch'),
    caughtBy: serversTest('test/4-arm/after-arming')(
      'a process that still knows the old epoch is granted nothing in it',
    ),
  },
  {
    ...{ name: 'no epoch below one that was seen', section },
    protectsFrom:
      'A gate that went back in time is believed by a process that knows better, and grants in an ended epoch.',
    edits: editsOf('coupon/campaigns/registry.ts')([
      'view.epoch === undefined || (before !== undefined && view.epoch < before.view.epoch)',
      'view.epoch === undefined',
    ]),
    caughtBy: serversTest('coupon/campaigns/registry')('an epoch below one that was seen is not believed'),
  },
  {
    ...{ name: 'no grant in an epoch below one that was seen', section },
    protectsFrom:
      'The second try of a process follows a gate that went back in time into an epoch that has its cut.',
    edits: [
      ...editsOf('coupon/campaigns/registry.ts')([
        'view.epoch === undefined || (before !== undefined && view.epoch < before.view.epoch)',
        'view.epoch === undefined',
      ]),
      ...editsOf('coupon/issue/issuer.ts')([
        "if (found.kind !== 'live' || found.campaign.view.epoch <= epoch)",
        "if (found.kind !== 'live')",
      ]),
    ],
    caughtBy: serversTest('coupon/issue/issuer')(
      'a gate of an epoch below one that was seen is never asked for a grant',
    ),
  },
  {
    ...{ name: 'winners counted against granted', section },
    protectsFrom: 'An evicted hash of winners makes everybody a newcomer: second coupons for all of them.',
    edits: order([
      "  if redis.call('HLEN', winners_key) ~= gate.granted then return {'UNARMED', 'winners'} end\n",
      '',
    ]),
    caughtBy: disagree('a winner is missing'),
  },
  {
    ...{ name: 'outbox counted against entries appended less deleted', section },
    protectsFrom: 'An evicted outbox turns "pending" into a yes that no log has.',
    edits: order([
      "  if redis.call('XLEN', outbox_key) ~= gate.entriesAppended - gate.entriesDeleted then",
      '  if false then',
    ]),
    caughtBy: disagree('an entry is missing'),
  },
  {
    ...{ name: 'free ranks and granted counted against the next rank', section },
    protectsFrom: 'A lost free list strands its units, and a rank that stands there twice is sold twice.',
    edits: order([
      "  if redis.call('LLEN', free_key) + gate.granted ~= gate.nextRank - 1 then return {'UNARMED', 'ranks'} end\n",
      '',
    ]),
    caughtBy: disagree('a free rank is missing'),
  },
  {
    ...{ name: 'the layout', section },
    protectsFrom: 'A process of another version reads the keys by its own rules, and writes them so.',
    edits: order(["  if fields[1] ~= layout then return nil, {'UNARMED', 'layout'} end\n", '']),
    caughtBy: serversTest('coupon/gate/decide-order')('%s', 'another layout is believed in nothing'),
  },
  {
    ...{ name: 'every field of the gate', section },
    protectsFrom: 'A gate that lost one of its facts counts with nothing in its place.',
    edits: order(["    if not fields[index] then return nil, {'UNARMED', 'field ' .. index} end\n", '']),
    caughtBy: partsTest(
      'without its field %s a gate says nothing',
      'without its field document a gate says nothing',
    ),
  },
  {
    ...{ name: 'the view compares the parts', section },
    protectsFrom: 'The page of a campaign whose gate fell apart says that it is open and has stock.',
    edits: editsOf('coupon/gate/view.lua')([
      'if gate then refusal = disagreement(gate, KEYS[2], KEYS[3], KEYS[4]) end\n',
      '',
    ]),
    caughtBy: disagree('a winner is missing'),
  },
]
