import type { Safeguard } from '../safeguard.ts'
import { editsOf, serversTest, unitTest } from './places.ts'

const section = '1. Decide: what is unknown'
const redis = editsOf('platform/redis.ts')
const issuer = editsOf('coupon/issue/issuer.ts')
const redisTest = serversTest('platform/redis')
const issuerTest = serversTest('coupon/issue/issuer')
const listing = '5. Campaigns: list'

/** What a process may say without the gate, and what it may not. */
export const answering: readonly Safeguard[] = [
  {
    ...{ name: 'offline queue off', section },
    protectsFrom:
      'Presses that were told "unknown" are carried out when Redis comes back, and take stock for people who left.',
    edits: redis(
      ['enableOfflineQueue: false', 'enableOfflineQueue: true'],
      ['maxRetriesPerRequest: 0', 'maxRetriesPerRequest: null'],
    ),
    caughtBy: redisTest('while it is cut off a command is refused, and is not carried out later'),
  },
  {
    ...{ name: 'nothing is sent again', section },
    protectsFrom:
      'A command that timed out is sent a second time after the reconnection, though nobody waits for it any more.',
    edits: redis(
      ['autoResendUnfulfilledCommands: false', 'autoResendUnfulfilledCommands: true'],
      ['maxRetriesPerRequest: 0', 'maxRetriesPerRequest: null'],
    ),
    caughtBy: redisTest('a command whose answer was lost was carried out once'),
  },
  {
    ...{ name: 'a gate that does not answer is unknown', section },
    protectsFrom: 'A timeout is told as "sold out" to somebody who holds a coupon.',
    edits: issuer([
      '        const decided = await decide(campaignId, requests)\n        if',
      `        const decided = await decide(campaignId, requests).catch(() => ({
          ...{ kind: 'decided' as const, nowMs: 0, entry: undefined },
          decisions: requests.map((): Decision => ({ kind: 'sold-out' })),
        }))
        if`,
    ]),
    caughtBy: issuerTest('a gate that does not answer in time is unknown'),
  },
  {
    ...{ name: 'a full outbox is unavailable', section },
    protectsFrom: 'Whoever comes while the outbox is full hears a final no, although units are left.',
    edits: issuer([
      "        throw new Failure('unavailable', 'the outbox is full: the log takes nothing')",
      "        return { kind: 'sold-out' }",
    ]),
    caughtBy: issuerTest('%s', 'a full outbox is unavailable, never sold out'),
  },
  {
    ...{ name: '"not open" from fresh memory only', section },
    protectsFrom:
      'A process that lost Redis goes on saying "not open yet" after the opening was moved forward.',
    edits: issuer([
      '      nowMs < view.document.opensAtMs - openingMarginMs &&\n      options.monotonicMs() - readAtMs <= options.memoryMs',
      '      nowMs < view.document.opensAtMs - openingMarginMs',
    ]),
    caughtBy: issuerTest('not open is answered from memory before the first opening'),
  },
  {
    ...{ name: '"not open" from memory only while nothing was granted', section },
    protectsFrom:
      'A winner of a campaign whose opening was moved back hears "not open yet" instead of their coupon.',
    edits: issuer(['      view.granted === 0 &&\n', '']),
    caughtBy: issuerTest(
      'not open is not answered from memory when %s',
      'not open is not answered from memory when somebody won already',
    ),
  },
  {
    ...{ name: 'the bound of the queue', section },
    protectsFrom:
      'A process takes more presses than it can serve, until all of them wait too long and its memory is gone.',
    edits: editsOf('platform/group-commit.ts')([
      '      if (bound.held >= bound.max)\n',
      '      if (false)\n',
    ]),
    caughtBy: unitTest('platform/group-commit')('at the bound the next is refused at once, without a call'),
  },
  {
    ...{ name: 'whoever waits for the log counts as waiting', section },
    protectsFrom: 'Behind a slow log tens of thousands of requests gather past the bound.',
    edits: issuer(['    queueBound.held += 1\n    try {', '    try {'], ['      queueBound.held -= 1\n', '']),
    caughtBy: issuerTest('whoever waits for the log counts as waiting'),
  },
  {
    ...{ name: 'the marker of the list', section: listing },
    protectsFrom:
      'A Redis that came back empty, or with an older list, makes live campaigns "no such campaign".',
    edits: editsOf('coupon/gate/list.lua')([
      "if not fence or redis.call('HGET', KEYS[1], 'marker') ~= fence then return {'LOST', now} end\n",
      '',
    ]),
    caughtBy: serversTest('coupon/gate/campaign-list')('a list that was never written is lost, not empty'),
  },
  {
    ...{ name: 'nothing is added to a lost list', section: listing },
    protectsFrom:
      'One new campaign on a Redis that lost its list stands there alone, and hides that the others are missing.',
    edits: editsOf('coupon/gate/register.lua')([
      "if ARGV[1] == 'some' and redis.call('HGET', KEYS[1], 'marker') ~= fence then return {'LOST'} end\n",
      '',
    ]),
    caughtBy: serversTest('coupon/gate/campaign-list')('a list that was never written is lost, not empty'),
  },
  {
    ...{ name: 'a lost list forgets nobody', section: listing },
    protectsFrom:
      'A process that reads a lost list forgets the campaigns that it knows, and answers 404 for them.',
    edits: editsOf('coupon/campaigns/registry.ts')(
      [
        '    if (versions === undefined) {\n      whole = false\n      return\n    }\n    for (const id of before) if (!versions.has(id))',
        '    if (versions === undefined) whole = false\n    for (const id of before) if (versions?.has(id) !== true)',
      ],
      [
        '    const changed = [...versions].filter(',
        '    if (versions === undefined) return\n    const changed = [...versions].filter(',
      ],
    ),
    caughtBy: serversTest('coupon/campaigns/registry')(
      'after %s nothing is unknown: the known stays, the rest is recovering',
      'after a marker that is gone nothing is unknown',
    ),
  },
  {
    ...{ name: 'a listed campaign that cannot be read makes the list not whole', section: listing },
    protectsFrom:
      'A list of coupons is called complete while a campaign that may hold one of them cannot be read.',
    edits: editsOf('coupon/campaigns/registry.ts')([
      '    whole = [...versions.keys()].every((id) => campaigns.has(id))',
      '    whole = true',
    ]),
    caughtBy: serversTest('coupon/campaigns/registry')('a listed campaign that cannot be read is recovering'),
  },
]
