import { remove, replaceWith, swap } from '../changes.ts'
import type { Edit, Safeguard } from '../safeguard.ts'
import { serversTest } from './failing-test.ts'

const section = '1. Decide'
const gateTest = serversTest('coupon/gate/gate')
const orderTest = serversTest('coupon/gate/decide-order')
const eligibilityTest = serversTest('test/5-campaigns/eligibility')
const argumentsTest = serversTest('coupon/gate/arguments')

/** Winners get their coupon only when this does not hold. */
const winnersOnlyUnless = (condition: string): Edit => ({
  change: swap('if won then', `if won and not (${condition}) then`),
})

/** What the decide script guarantees: all of a call or nothing, winners first. */
export const deciding: readonly Safeguard[] = [
  {
    name: 'the outbox',
    section,
    protectsFrom:
      'An API process that dies between decide and append loses its grants: they are won at the gate and never reach the log.',
    edits: [
      { part: 'entry', change: remove },
      { part: 'count', change: swap('entriesAppended + 1', 'entriesAppended') },
    ],
    caughtBy: serversTest('test/2-append-and-confirm/killed-api')(
      'an API process killed between decide and append loses nothing',
    ),
  },
  {
    name: 'who is not eligible wins nothing',
    section,
    protectsFrom: 'Coupons that were promised to some customers are won by others.',
    edits: [{ change: remove }],
    caughtBy: eligibilityTest(
      'gives coupons to callers who meet all of them, on every process, and tells others which they do not',
    ),
  },
  {
    name: 'a winner who is not eligible keeps the coupon',
    section,
    protectsFrom: 'A winner whose token lost a claim since gets "not eligible": a yes that became a no.',
    edits: [{ change: swap('await ineligibleLooks.look(campaign.id, { userId, slot })', 'undefined') }],
    caughtBy: eligibilityTest(
      'never turns a winner away whose token no longer meets them, also after the close',
    ),
  },
  {
    name: 'winners before paused and closed',
    section,
    protectsFrom:
      'A winner who presses again while the campaign is paused or closed gets the answer that they have no coupon.',
    edits: [winnersOnlyUnless("refusedAs == 'PAUSED' or refusedAs == 'CLOSED'")],
    caughtBy: orderTest(
      'a winner is never turned away while others are answered $answer',
      'a winner is never turned away while others are answered paused',
    ),
  },
  {
    name: 'winners before the opening window',
    section,
    protectsFrom: 'A winner gets "not open yet" after an operator has moved the opening.',
    edits: [winnersOnlyUnless("refusedAs == 'NOT_OPEN'")],
    caughtBy: orderTest(
      'a winner is never turned away while others are answered $answer',
      'a winner is never turned away while others are answered not-open',
    ),
  },
  {
    name: 'winners before the outbox bound',
    section,
    protectsFrom:
      'While Kafka is unavailable, winners are asked to come back later instead of getting their coupon.',
    edits: [winnersOnlyUnless("refusedAs == 'BACKLOG'")],
    caughtBy: orderTest(
      'a winner is never turned away while others are answered $answer',
      'a winner is never turned away while others are answered backlog',
    ),
  },
  {
    name: 'winners before the stock',
    section,
    protectsFrom: 'A winner who presses again after the sell-out gets "sold out": a yes that became a no.',
    edits: [winnersOnlyUnless("available == 0 and refusedAs == 'SOLD_OUT'")],
    caughtBy: orderTest('a winner is never turned away by a sell-out'),
  },
  {
    name: 'a user counts once in a call',
    section,
    protectsFrom:
      'A double click that is decided in one call takes two units, and one of them belongs to nobody.',
    edits: [{ change: remove }],
    caughtBy: gateTest('the same user twice in one call holds one coupon'),
  },
  {
    name: 'every request is checked before the first write',
    section,
    protectsFrom:
      'A malformed request is granted, and no reader can parse the key or the entry that decide wrote for it.',
    edits: [{ change: remove }],
    caughtBy: argumentsTest(
      'decide refuses %s and leaves no trace',
      'decide refuses a user id of 65 characters and leaves no trace',
    ),
  },
  {
    name: 'no request is skipped',
    section,
    protectsFrom:
      'A request that the script cannot parse shifts the answers: one user gets the answer of another.',
    edits: [{ change: swap('or length ~= #ARGV[4]', '') }],
    caughtBy: argumentsTest(
      'decide refuses %s and leaves no trace',
      'decide refuses a user id with "{" and leaves no trace',
    ),
  },
  {
    name: 'decide checks the number of its keys and values',
    section,
    protectsFrom:
      'A caller whose arguments do not match the script makes it write half of a grant before it fails.',
    edits: [{ change: remove }],
    caughtBy: argumentsTest(
      'decide refuses %s and leaves no trace',
      'decide refuses one value too many and leaves no trace',
    ),
  },
  {
    name: 'free ranks are used first',
    section,
    protectsFrom: 'Ranks that a lost gate left unused are never sold, and later ranks exceed the stock.',
    edits: [{ change: replaceWith('local free = {}') }],
    caughtBy: gateTest('free ranks are reused lowest first, then the next rank'),
  },
  {
    name: 'the outbox bound',
    section,
    protectsFrom:
      'While Kafka is unavailable, grants pile up in Redis until its memory is full and it rejects every request.',
    edits: [{ change: replaceWith('local room = 1e9') }],
    caughtBy: orderTest('the outbox bound is reached in the middle of a call'),
  },
  {
    name: 'a full outbox is not "sold out"',
    section,
    protectsFrom: 'While Kafka is unavailable, newcomers get a final no although units are left.',
    edits: [{ change: swap("'BACKLOG'", "'SOLD_OUT'") }],
    caughtBy: orderTest('the outbox bound is reached in the middle of a call'),
  },
  {
    name: 'returned units are held after an arming',
    section,
    protectsFrom: 'A unit that came back is sold to a newcomer while other users still get "sold out".',
    edits: [{ change: remove }],
    caughtBy: orderTest('units are grantable from the moment that the flip set, not before'),
  },
  {
    name: 'a grant is pending while its entry waits',
    section,
    protectsFrom:
      'A winner who presses again gets a yes although the log does not have the grant: a crash of Redis breaks that yes.',
    edits: [{ change: swap("is_pending(number) and 'PENDING' or 'WON'", "'WON'") }],
    caughtBy: serversTest('coupon/gate/confirm')(
      'a winner who asks again is pending while the entry is there',
    ),
  },
]
