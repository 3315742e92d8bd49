import { insertBefore, remove, replaceWith, swap } from '../changes.ts'
import type { Safeguard } from '../safeguard.ts'
import { serversTest, unitTest } from './failing-test.ts'

const section = '1. Decide: what is unknown'
const redisTest = serversTest('platform/redis')
const issuerTest = serversTest('coupon/issue/issuer')
const listing = '5. Campaigns: list'

/** What a process may answer without the gate, and what it may not. */
export const answering: readonly Safeguard[] = [
  {
    name: 'the offline queue is off',
    section,
    protectsFrom:
      'Redis carries out presses that were answered "unknown" once it is back, and they take stock for users who left.',
    edits: [{ change: swap('false', 'true') }, { part: 'no retry', change: swap('0', 'null') }],
    caughtBy: redisTest('while the client is disconnected a command is rejected, and never executed later'),
  },
  {
    name: 'no command is sent twice',
    section,
    protectsFrom:
      'A command that timed out is sent a second time after the reconnection, although no caller waits for it.',
    edits: [{ change: swap('false', 'true') }, { part: 'no retry', change: swap('0', 'null') }],
    caughtBy: redisTest('a command whose reply was lost was executed once'),
  },
  {
    name: 'a connection that ended is opened again',
    section,
    protectsFrom:
      'The sentinels replace the master while a process asks one of them: it answers 503 until it is restarted.',
    edits: [{ change: remove }],
    caughtBy: serversTest('platform/redis-sentinels')(
      'a client that asks a silent sentinel while the others replace the master reaches the new one',
    ),
  },
  {
    name: 'no answer from the gate means unknown',
    section,
    protectsFrom: 'A user who holds a coupon gets "sold out" because of a timeout.',
    edits: [
      {
        change: swap(
          'decide(campaignId, presses)',
          `decide(campaignId, presses).catch(() => ({
            kind: 'decided',
            nowMs: 0,
            entry: undefined,
            decisions: presses.map(() => ({ kind: 'sold-out' })),
          }))`,
        ),
      },
    ],
    caughtBy: issuerTest('a gate that does not answer in time is unknown'),
  },
  {
    name: 'a full outbox is unavailable',
    section,
    protectsFrom: 'A user who presses while the outbox is full gets a final no, although units are left.',
    edits: [{ change: replaceWith("return { kind: 'sold-out' }") }],
    caughtBy: issuerTest('%s', 'a full outbox is unavailable, never sold out'),
  },
  {
    name: '"not open" only from fresh memory',
    section,
    protectsFrom:
      'A process that lost Redis goes on answering "not open yet" after the opening was moved forward.',
    edits: [{ change: swap('&& options.monotonicMs() - readAtMs <= options.memoryMs', '') }],
    caughtBy: issuerTest('not open is answered from memory before the first opening'),
  },
  {
    name: '"not open" from memory only before the first grant',
    section,
    protectsFrom:
      'A winner of a campaign whose opening was moved back gets "not open yet" instead of their coupon.',
    edits: [{ change: swap('view.granted === 0 &&', '') }],
    caughtBy: issuerTest(
      'not open is not answered from memory when %s',
      'not open is not answered from memory when a user has already won',
    ),
  },
  {
    name: 'the queue bound',
    section,
    protectsFrom:
      'A process accepts more presses than it can serve, until all of them wait too long and its memory is full.',
    edits: [{ change: remove }],
    caughtBy: unitTest('platform/group-commit')(
      'at the bound the next item is rejected at once, without a call',
    ),
  },
  {
    name: 'requests waiting for the log count towards the bound',
    section,
    protectsFrom: 'With a slow broker, tens of thousands of requests gather beyond the bound.',
    edits: [
      { part: 'entered', change: remove },
      { part: 'left', change: remove },
    ],
    caughtBy: issuerTest('requests waiting for the log count towards the bound'),
  },
  {
    name: 'the marker of the campaign list',
    section: listing,
    protectsFrom:
      'A Redis that restarted empty, or with an older list, answers "no such campaign" for live campaigns.',
    edits: [{ change: remove }],
    caughtBy: serversTest('coupon/gate/campaign-list')('a list that was never written is lost, not empty'),
  },
  {
    name: 'nothing is added to a lost list',
    section: listing,
    protectsFrom:
      'One new campaign on a Redis that lost its list makes the list look complete, although the other campaigns are missing.',
    edits: [{ change: remove }],
    caughtBy: serversTest('coupon/gate/campaign-list')('a list that was never written is lost, not empty'),
  },
  {
    name: 'a lost list removes no campaign',
    section: listing,
    protectsFrom:
      'A process that reads a lost list forgets the campaigns that it knows, and answers 404 for them.',
    edits: [{ change: insertBefore('if (versions === undefined) campaigns.clear()') }],
    caughtBy: serversTest('coupon/campaigns/registry')(
      'after %s known campaigns stay and other ids are recovering',
      'after a missing marker known campaigns stay',
    ),
  },
]
