import type { Safeguard } from '../safeguard.ts'
import { editsOf, serversTest, unitTest } from './places.ts'

const section = '2. Append and confirm'
const grantLog = editsOf('coupon/log/grant-log.ts')
const producer = editsOf('platform/kafka/producer.ts')
const logTest = serversTest('coupon/log/grant-log')
const batchesTest = serversTest('coupon/log/grant-log-batches')
const lateTitle =
  'a produce %s is pending at the deadline, nothing is taken back, and a late acknowledgement still confirms'
const lateTest = (row: string) => logTest(lateTitle, lateTitle.replace('%s', row))
const deadline = "    const deadline = setTimeout(() => resolve('pending'), publishDeadlineMs)"
const confirmed = '    const outcomes = await confirmAll(due)'

/** From a decided grant to a yes that stays true. */
export const confirming: readonly Safeguard[] = [
  {
    ...{ name: 'no yes before the log has it', section },
    protectsFrom: 'A winner hears 201 for a grant that no disk has: Redis lost, coupon lost.',
    edits: grantLog([deadline, `    resolve('confirmed')\n${deadline}`]),
    caughtBy: logTest('a log that refuses the produce leaves the entry where it is'),
  },
  {
    ...{ name: 'confirm', section },
    protectsFrom:
      'A grant acknowledged after its gate was stopped is answered yes, lies beyond the cut and is never a row.',
    edits: grantLog([
      confirmed,
      "    const outcomes = new Map(due.map((entry) => [entry, 'confirmed' as Appended]))\n    void confirmAll(due)",
    ]),
    caughtBy: logTest('a gate that was stopped between append and confirm makes it pending'),
  },
  {
    ...{ name: 'only an OK of confirm makes a 201', section },
    protectsFrom: 'A refused confirm, or one that nobody answered, is taken for a yes.',
    edits: grantLog([
      "    return 'pending'\n  }\n\n  const confirmAll",
      "    return 'confirmed'\n  }\n\n  const confirmAll",
    ]),
    caughtBy: logTest('a gate of another epoch, and one that does not answer, make it pending'),
  },
  {
    ...{ name: 'counted as deleted is what was deleted', section },
    protectsFrom:
      'A relay that confirms what was confirmed before lets the counts disagree, and the gate has to be armed again.',
    edits: editsOf('coupon/gate/confirm.lua')([
      "  if redis.call('XDEL', KEYS[3], ARGV[2] .. '-' .. ARGV[index]) == 1 then",
      "  redis.call('XDEL', KEYS[3], ARGV[2] .. '-' .. ARGV[index])\n  do",
    ]),
    caughtBy: serversTest('coupon/gate/confirm')(
      'an entry that is gone already is confirmed and counted once',
    ),
  },
  {
    ...{ name: 'the arguments of confirm checked before it deletes', section },
    protectsFrom:
      'A confirm with a wrong count deletes some entries and fails: they are in no count, and the gate is lost.',
    edits: editsOf('coupon/gate/confirm.lua')([
      "  if not string.find(ARGV[index], '^[1-9]%d*$') then",
      '  if false then',
    ]),
    caughtBy: serversTest('coupon/gate/arguments')(
      'confirm refuses %s and leaves no trace',
      'confirm refuses a count of "one" and leaves no trace',
    ),
  },
  {
    ...{ name: 'no compensation', section },
    protectsFrom: 'A produce that timed out lands after its unit went back on sale: one unit, two winners.',
    edits: [
      ...editsOf('coupon/gate/gate.ts')([
        '  async look(campaignId, epoch, holders) {',
        `  async giveBack({ campaignId, epoch, number, grants }: OutboxEntry) {
    const [gateKey = '', winners = '', outbox = '', free = ''] = keysOf(campaignId, epoch)
    for (const { userId, slot, rank } of grants) {
      await redis.command('HDEL', winners, \`\${slot}:\${userId}\`)
      await redis.command('RPUSH', free, rank)
      await redis.command('HINCRBY', gateKey, 'granted', -1)
    }
    await redis.command('XDEL', outbox, \`\${epoch}-\${number}\`)
    await redis.command('HINCRBY', gateKey, 'entriesDeleted', 1)
    await redis.command('HINCRBY', gateKey, 'grantsPending', -grants.length)
  },

  async look(campaignId, epoch, holders) {`,
      ]),
      ...grantLog([
        deadline,
        `    const giveBack = (gate as unknown as { giveBack(entry: OutboxEntry): Promise<void> }).giveBack
    const deadline = setTimeout(() => void giveBack(entry).then(() => resolve('pending')), publishDeadlineMs)`,
      ]),
    ],
    caughtBy: lateTest('that lies in the log'),
  },
  {
    ...{ name: 'a failed produce leaves the entry', section },
    protectsFrom:
      'An entry that the log refused is dropped from the outbox: a grant of the gate that nobody relays.',
    edits: grantLog([
      "      return waiting.map(() => 'pending')\n    }\n    const outcomes",
      "      await confirmAll(due)\n      return waiting.map(() => 'pending')\n    }\n    const outcomes",
    ]),
    caughtBy: logTest('a log that refuses the produce leaves the entry where it is'),
  },
  {
    ...{ name: 'a late acknowledgement still confirms', section },
    protectsFrom:
      'After every slow moment of the log its entries wait for a relay that produces all of them once more.',
    edits: grantLog([
      confirmed,
      `    if (waiting.every(({ overdueAtMs }) => overdueAtMs < monotonicMs())) return waiting.map(() => 'pending')\n${confirmed}`,
    ]),
    caughtBy: lateTest('that lies in the log'),
  },
  {
    ...{ name: 'an entry in one produce', section },
    protectsFrom: 'Half of an entry is acknowledged and half is not, and one confirm has to stand for both.',
    edits: grantLog([
      '      await produce(due)\n',
      `      for (const entry of due)
        for (const grant of entry.grants) await produce([{ ...entry, grants: [grant] }])
`,
    ]),
    caughtBy: batchesTest('what gathers while produces are under way goes out together'),
  },
  {
    ...{ name: 'one partition a produce', section },
    protectsFrom:
      'After a leader has moved, the client leaves out one partition of a produce and still calls it done.',
    edits: producer(
      [
        'records.map((record) => ({ ...record, partition }))',
        'records.map((record, index) => ({ ...record, partition: (partition + index) % 3 }))',
      ],
      [
        'if (results.length !== 1 || result?.partition !== partition || result.errorCode !== 0)',
        'if (result === undefined)',
      ],
    ),
    caughtBy: batchesTest('what gathers while produces are under way goes out together'),
  },
  {
    ...{ name: 'the result of a produce is checked', section },
    protectsFrom:
      'A produce that resolves without the partition it was asked for counts as acknowledged: a yes that no log has.',
    edits: producer([
      'if (results.length !== 1 || result?.partition !== partition || result.errorCode !== 0)',
      'if (false)',
    ]),
    caughtBy: unitTest('platform/kafka/producer')('a produce that resolves %s is no acknowledgement'),
  },
  {
    ...{ name: 'acks from all in-sync replicas', section },
    protectsFrom: 'The leader acknowledges alone and dies: whoever was told yes is in no log.',
    edits: producer(['acks: -1', 'acks: 1']),
    caughtBy: unitTest('platform/kafka/producer')(
      'every produce asks for the acknowledgement of all in-sync replicas',
    ),
  },
  {
    ...{ name: 'the publisher opens after three failures', section },
    protectsFrom:
      'With the log away every press waits for its deadline, until the process holds as many as it may and refuses the rest.',
    edits: grantLog(['const failuresToOpen = 3', 'const failuresToOpen = Number.POSITIVE_INFINITY']),
    caughtBy: unitTest('coupon/log/grant-log-outage')(
      'what gathered before the publisher opened is not sent after it',
    ),
  },
  {
    ...{ name: 'an open publisher probes', section },
    protectsFrom:
      'Once open, the publisher never closes again, and every winner waits for a relay for ever after.',
    edits: grantLog(['        if (breaker.mayProbe()) void tracked(entry, true)\n', '']),
    caughtBy: batchesTest('after three failed produces grants are pending at once'),
  },
]
