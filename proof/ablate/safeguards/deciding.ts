import type { Safeguard } from '../safeguard.ts'
import { editsOf, serversTest } from './places.ts'

const section = '1. Decide'
const decide = editsOf('coupon/gate/decide.lua')
const gateTest = serversTest('coupon/gate/gate')
const orderTest = serversTest('coupon/gate/decide-order')
const argumentsTest = serversTest('coupon/gate/arguments')
const wonBefore = '  if won then\n    local number'

/** A winner who is asked after something else hears that instead. */
const wonUnless = (refusal: string): [string, string] => [
  wonBefore,
  `  if won and not (${refusal}) then\n    local number`,
]

/** What decide does in one script: all of it or nothing, winners first. */
export const deciding: readonly Safeguard[] = [
  {
    ...{ name: 'the outbox', section },
    protectsFrom:
      'An API process that dies between deciding and appending takes its grants along: won at the gate, and in no log.',
    edits: decide(
      [
        `  redis.call('XADD', outbox_key, epoch .. '-' .. text(first), 'count', text(granted),
    'grantedAtMs', text(now), 'grants', table.concat(lines, '\\n'))
`,
        '',
      ],
      ['text(gate.entriesAppended + 1)', 'text(gate.entriesAppended)'],
    ),
    caughtBy: serversTest('test/2-append-and-confirm/killed-api')(
      'an API process killed between deciding and appending loses nothing',
    ),
  },
  {
    ...{ name: 'winners before paused and closed', section },
    protectsFrom:
      'A winner who presses again while the campaign is paused, or after its close, is told that they have nothing.',
    edits: decide(wonUnless("refusedAs == 'PAUSED' or refusedAs == 'CLOSED'")),
    caughtBy: orderTest(
      'a winner is never turned away, though $answer is what others hear',
      'a winner is never turned away, though paused',
    ),
  },
  {
    ...{ name: 'winners before the window', section },
    protectsFrom: 'A winner is told "not open yet" once an operator has moved the opening.',
    edits: decide(wonUnless("refusedAs == 'NOT_OPEN'")),
    caughtBy: orderTest(
      'a winner is never turned away, though $answer is what others hear',
      'a winner is never turned away, though not-open',
    ),
  },
  {
    ...{ name: 'winners before the outbox bound', section },
    protectsFrom: 'With the log away winners are told to come back later, instead of what they hold.',
    edits: decide(wonUnless("refusedAs == 'BACKLOG'")),
    caughtBy: orderTest(
      'a winner is never turned away, though $answer is what others hear',
      'a winner is never turned away, though backlog',
    ),
  },
  {
    ...{ name: 'winners before the stock', section },
    protectsFrom: 'A winner who presses again after the sell-out is told "sold out": a yes that became a no.',
    edits: decide(wonUnless("available == 0 and refusedAs == 'SOLD_OUT'")),
    caughtBy: orderTest('a winner is never turned away by a sell-out'),
  },
  {
    ...{ name: 'one user once in a call', section },
    protectsFrom:
      'A double click that is decided in one call takes two units, and one of them belongs to nobody.',
    edits: decide(['  elseif seen[field] then', '  elseif false then']),
    caughtBy: gateTest('the same user twice in one call holds one coupon'),
  },
  {
    ...{ name: 'every request checked before the first write', section },
    protectsFrom:
      'A request that breaks the form of a key or of an entry is granted, and nothing can read what was written.',
    edits: decide([
      "  if #slot > 2 or slot == '0' or (#slot == 2 and slot ~= '10') or #user > 64 or #coupon ~= 36 then",
      '  if false then',
    ]),
    caughtBy: argumentsTest(
      'decide refuses %s and leaves no trace',
      'decide refuses a user id of 65 characters and leaves no trace',
    ),
  },
  {
    ...{ name: 'no request skipped', section },
    protectsFrom:
      'A request that the script cannot read shifts the answers: a user is told what another one got.',
    edits: decide(['if count == 0 or length ~= #ARGV[4] then', 'if count == 0 then']),
    caughtBy: argumentsTest(
      'decide refuses %s and leaves no trace',
      'decide refuses a user id with "{" and leaves no trace',
    ),
  },
  {
    ...{ name: 'the number of keys and values of decide', section },
    protectsFrom:
      'A caller with other arguments than the script has it write half of a grant before it fails.',
    edits: decide(['if #KEYS ~= 4 or #ARGV ~= 4 or not outboxGrantsMax then', 'if false then']),
    caughtBy: argumentsTest(
      'decide refuses %s and leaves no trace',
      'decide refuses one value too many and leaves no trace',
    ),
  },
  {
    ...{ name: 'the free list', section },
    protectsFrom: 'Ranks that a lost gate left unused are never sold, and later ones pass the stock.',
    edits: decide([
      "local free = nextRank - 1 > gate.granted and redis.call('LRANGE', free_key, 0, count - 1) or {}",
      'local free = {}',
    ]),
    caughtBy: gateTest('free ranks are reused lowest first, then the next rank'),
  },
  {
    ...{ name: 'the outbox bound', section },
    protectsFrom:
      'With the log away grants pile up in Redis until its memory is full and it refuses everybody.',
    edits: decide(['local room = outboxGrantsMax - gate.grantsPending', 'local room = 1e9']),
    caughtBy: orderTest('the outbox bound is reached in the middle of a call'),
  },
  {
    ...{ name: 'a full outbox is not "sold out"', section },
    protectsFrom: 'Whoever comes while the log is away hears a final no, although units are left.',
    edits: decide([
      "elseif room < stockLeft then available, refusedAs = room, 'BACKLOG'",
      "elseif room < stockLeft then available, refusedAs = room, 'SOLD_OUT'",
    ]),
    caughtBy: orderTest('the outbox bound is reached in the middle of a call'),
  },
  {
    ...{ name: 'units held after an arming', section },
    protectsFrom: 'A unit that came back is sold to a newcomer while others are still told "sold out".',
    edits: decide(["  elseif stockLeft > 0 and now < gate.grantableFromMs then refusedAs = 'HELD'\n", '']),
    caughtBy: orderTest('units are grantable from the moment that the flip set, not before'),
  },
  {
    ...{ name: 'pending while the entry waits', section },
    protectsFrom:
      'A winner who presses again hears yes although no log has the grant: a crash of Redis makes it a lie.',
    edits: decide([
      "except(index, is_pending(number) and 'PENDING' or 'WON', won)",
      "except(index, 'WON', won)",
    ]),
    caughtBy: serversTest('coupon/gate/confirm')(
      'a winner who asks again is pending while the entry is there',
    ),
  },
]
