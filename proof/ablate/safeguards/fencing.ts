import { remove, replaceWith, swap } from '../changes.ts'
import type { Safeguard } from '../safeguard.ts'
import { serversTest } from './failing-test.ts'
import { skippedByCall } from './skipped-by-call.ts'

const section = '1. Decide: the fence'
const fenceTest = serversTest('coupon/gate/fence')
const partsTest = serversTest('coupon/gate/parts')
const disagree = (row: string) =>
  partsTest(
    'a gate whose parts disagree is recovering: %s',
    `a gate whose parts disagree is recovering: ${row}`,
  )

/** What a gate has to prove before a process trusts it. */
export const fencing: readonly Safeguard[] = [
  {
    name: 'the fence of decide',
    section,
    protectsFrom: 'A Redis that restarted from an older file sells the units of its lost second again.',
    edits: skippedByCall('fence ~= fields[3]'),
    caughtBy: fenceTest(
      'after a restart of a Redis %s, nothing is granted, confirmed or looked up',
      'after a restart of a Redis that kept everything in its RDB',
    ),
  },
  {
    name: 'the fence of look',
    section,
    protectsFrom: 'A Redis that lost a grant answers its winner "you have no coupon".',
    edits: skippedByCall('fence ~= fields[3]'),
    caughtBy: fenceTest(
      'after a restart of a Redis %s, nothing is granted, confirmed or looked up',
      'after a restart of a Redis that kept everything in its RDB',
    ),
  },
  {
    name: 'the fence is master_replid, not run_id',
    section,
    protectsFrom:
      'A master that was demoted, resynchronised and promoted again has lost grants, yet it is still the same process.',
    edits: [{ change: replaceWith("return string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')") }],
    caughtBy: fenceTest('a master that was demoted, re-synchronised and promoted again is refused'),
  },
  {
    name: 'only a master has a fence',
    section,
    protectsFrom: 'A replica in step with its master is taken for the master and decides beside it.',
    edits: [{ change: remove }],
    caughtBy: fenceTest('a replica refuses, and refuses after its promotion'),
  },
  {
    name: 'gate scripts have no flags',
    section,
    protectsFrom:
      'A cut-off old master goes on answering "sold out" and "you have no coupon" beside its successor.',
    edits: [{ change: swap('`#!lua\\n', '`') }],
    caughtBy: fenceTest('a master without its replicas refuses everything, its "sold out" included'),
  },
  {
    name: 'the epoch check of decide',
    section,
    protectsFrom: 'A process that was paused during an arming decides with the keys of an ended epoch.',
    edits: skippedByCall('fields[2] ~= epoch'),
    caughtBy: serversTest('test/4-arm/after-arming')(
      'a process that still knows the old epoch is granted nothing in it',
    ),
  },
  {
    name: 'an epoch below one that was seen is not trusted',
    section,
    protectsFrom:
      'A process that has seen a later epoch trusts a gate that went back in time, and grants in an ended epoch.',
    edits: [{ change: swap('view.epoch < before.view.epoch', 'false') }],
    caughtBy: serversTest('coupon/campaigns/registry')('an epoch below one that was seen is not trusted'),
  },
  {
    name: 'no grant in an epoch below one that was seen',
    section,
    protectsFrom:
      'The second try of a process follows a gate that went back in time into an epoch that was already cut.',
    edits: [
      { part: 'registry', change: swap('view.epoch < before.view.epoch', 'false') },
      { change: swap('|| found.campaign.view.epoch <= epoch', '') },
    ],
    caughtBy: serversTest('coupon/issue/issuer')(
      'a gate of an epoch below one that was seen is never asked for a grant',
    ),
  },
  {
    name: 'winners match the count of grants',
    section,
    protectsFrom:
      'After Redis evicted the hash of winners, every user is a newcomer: all of them get second coupons.',
    edits: [{ change: remove }],
    caughtBy: disagree('a winner is missing'),
  },
  {
    name: 'outbox entries match their counts',
    section,
    protectsFrom: 'After Redis evicted the outbox, "pending" becomes a yes that the log does not have.',
    edits: [{ change: remove }],
    caughtBy: disagree('an entry is missing'),
  },
  {
    name: 'free ranks match the next rank',
    section,
    protectsFrom:
      'A lost free list makes its units unsellable, and a rank that is on it twice is sold twice.',
    edits: [{ change: remove }],
    caughtBy: disagree('a free rank is missing'),
  },
  {
    name: 'the layout check',
    section,
    protectsFrom: 'A process of another version reads and writes the keys by its own rules.',
    edits: [{ change: remove }],
    caughtBy: serversTest('coupon/gate/decide-order')('%s', 'a gate with another layout is recovering'),
  },
  {
    name: 'every field of the gate is required',
    section,
    protectsFrom: 'A gate that lost one of its fields decides without it.',
    edits: [{ change: remove }],
    caughtBy: partsTest(
      'without its field %s a gate is recovering',
      'without its field document a gate is recovering',
    ),
  },
  {
    name: 'view compares the parts of a gate',
    section,
    protectsFrom: 'The page of a campaign with a broken gate shows that it is open and has stock.',
    edits: [{ change: remove }],
    caughtBy: disagree('a winner is missing'),
  },
]
