import type { Safeguard } from '../safeguard.ts'
import { editsOf, serversTest } from './places.ts'

const section = '4. Arm: flip'
const arm = editsOf('coupon/recovery/arming.ts')
const fill = editsOf('coupon/gate/fill.lua')
const flip = editsOf('coupon/gate/flip.lua')

const flipTitle = 'flip opens nothing when it lost its %s'
const flipTest = (what: string) =>
  serversTest('coupon/gate/keeper-gate')(flipTitle, flipTitle.replace('%s', what))
const betweenTitle = 'nothing opens when %s between stop and flip'
const betweenTest = (what: string) =>
  serversTest('coupon/recovery/arming')(betweenTitle, betweenTitle.replace('%s', what))

/** What the flip relies on: it opens the gate that was stopped, on the server it was stopped on, with all that was rebuilt. */
export const flipping: readonly Safeguard[] = [
  {
    ...{ name: 'the fence carried from stop to flip', section },
    protectsFrom:
      'A gate that was stopped on one server opens on another, which was not stopped and may have confirmed since.',
    edits: [
      ...flip([
        "if server_fence() ~= ARGV[3] then return {'LOST', 'fence'} end\n",
        'ARGV[3] = server_fence() or ARGV[3]\n',
      ]),
      ...fill(["if server_fence() ~= ARGV[1] then return {'LOST', 'fence'} end\n", '']),
    ],
    caughtBy: betweenTest('the server was demoted and promoted'),
  },
  {
    ...{ name: 'the claim of stop', section },
    protectsFrom:
      'A keeper that was paused opens the gate that another has stopped since, and grants are made beyond the ends of that one.',
    edits: [
      ...flip(["if fields[2] ~= ARGV[4] then return {'LOST', 'claim'} end\n", '']),
      ...fill(["if fields[2] ~= ARGV[2] then return {'LOST', 'claim'} end\n", '']),
    ],
    caughtBy: betweenTest('another arming stopped the gate'),
  },
  {
    ...{ name: 'flip opens only a gate that is stopped', section },
    protectsFrom: 'A flip that comes late opens a gate as new that is open and sells.',
    edits: flip(["if fields[1] ~= 'rearming' then return {'LOST', 'state'} end\n", '']),
    caughtBy: flipTest('state'),
  },
  {
    ...{ name: 'the count of winners at the flip', section },
    protectsFrom:
      'A gate opens without some of the winners that were read, and grants their users and units again.',
    edits: flip([
      "if redis.call('HLEN', KEYS[2]) ~= tonumber(ARGV[5]) then return {'LOST', 'winners'} end\n",
      '',
    ]),
    caughtBy: flipTest('winners'),
  },
  {
    ...{ name: 'the count of free ranks at the flip', section },
    protectsFrom: 'A gate opens with ranks that are free twice, or no more: they are sold twice, or never.',
    edits: flip([
      "if redis.call('LLEN', KEYS[4]) ~= tonumber(ARGV[6]) then return {'LOST', 'free'} end\n",
      '',
    ]),
    caughtBy: flipTest('free'),
  },
  {
    ...{ name: 'an empty outbox at the flip', section },
    protectsFrom:
      'A gate opens with entries that it never made, and its parts disagree from the first moment.',
    edits: flip(["if redis.call('XLEN', KEYS[3]) ~= 0 then return {'LOST', 'outbox'} end\n", '']),
    caughtBy: flipTest('outbox'),
  },
  {
    ...{ name: 'settings of the highest version', section },
    protectsFrom:
      'A gate that was armed while its stock was raised opens with the old stock, and stays with it.',
    edits: arm([
      'const newest = (await campaigns.read(id)) ?? campaign',
      'const newest = (await campaigns.read(id), campaign)',
    ]),
    caughtBy: serversTest('test/4-arm/lost-again')(
      'stock that was raised between rebuild and flip is there too: the highest version wins',
    ),
  },
  {
    ...{ name: 'waiting out remembered sold-outs', section },
    protectsFrom:
      'Units that came back are sold while some processes still say "sold out" from memory: who pressed first hears no.',
    edits: arm(['first ? 0 : options.soldOutMemoryMs)', '0)']),
    caughtBy: serversTest('test/4-arm/after-arming')(
      'units that came back are held: newcomers hear "recovering" and not "sold out"',
    ),
  },
]
