import { insertBefore, remove, replaceWith, swap } from '../changes.ts'
import type { Safeguard } from '../safeguard.ts'
import { serversTest, unitTest } from './failing-test.ts'

const section = '2. Append and confirm'
const logTest = serversTest('coupon/log/grant-log')
const batchesTest = serversTest('coupon/log/grant-log-batches')
const lateTitle = 'a produce %s is pending at the deadline, and a late acknowledgement still confirms'
const lateTest = (row: string) => logTest(lateTitle, lateTitle.replace('%s', row))

const giveBackMethod = `async giveBack({ campaignId, epoch, number, grants }) {
  const [gateKey, winners, outbox, free] = keysOf(campaignId, epoch)
  for (const { userId, slot, rank } of grants) {
    await redis.command('HDEL', winners, \`\${slot}:\${userId}\`)
    await redis.command('RPUSH', free, rank)
    await redis.command('HINCRBY', gateKey, 'granted', -1)
  }
  await redis.command('XDEL', outbox, \`\${epoch}-\${number}\`)
  await redis.command('HINCRBY', gateKey, 'entriesDeleted', 1)
  await redis.command('HINCRBY', gateKey, 'grantsPending', -grants.length)
},`

/** From a decided grant to a yes that stays true. */
export const confirming: readonly Safeguard[] = [
  {
    name: 'no yes before the log has the grant',
    section,
    protectsFrom: 'A winner gets a 201 for a grant that no disk has: when Redis is lost, the coupon is lost.',
    edits: [{ change: insertBefore("resolve('confirmed')") }],
    caughtBy: logTest('an entry whose produce is refused stays in the outbox'),
  },
  {
    name: 'confirm before a yes',
    section,
    protectsFrom:
      'A grant that was acknowledged after its gate was stopped gets a yes, lies beyond the cut and is never stored.',
    edits: [
      {
        change: replaceWith(`
          const outcomes = new Map(due.map((entry) => [entry, 'confirmed']))
          void confirmAll(due)
        `),
      },
    ],
    caughtBy: logTest('a gate that was stopped between append and confirm makes it pending'),
  },
  {
    name: 'only an OK of confirm makes a 201',
    section,
    protectsFrom: 'A confirm that the gate refused, or did not answer, counts as a yes.',
    edits: [{ change: replaceWith("return 'confirmed'") }],
    caughtBy: logTest('a gate of another epoch, and one that does not answer, make it pending'),
  },
  {
    name: 'confirm counts only what it deleted',
    section,
    protectsFrom:
      'A relay that confirms an entry twice makes the counts of the gate disagree, and the gate has to be armed again.',
    edits: [{ change: swap('== 1 then', 'then') }],
    caughtBy: serversTest('coupon/gate/confirm')(
      'an entry that is gone already is confirmed and counted once',
    ),
  },
  {
    name: 'confirm checks its arguments before it deletes',
    section,
    protectsFrom:
      'A confirm with a wrong count deletes some entries and fails: no count includes them, and the gate is lost.',
    edits: [{ change: remove }],
    caughtBy: serversTest('coupon/gate/arguments')(
      'confirm refuses %s and leaves no trace',
      'confirm refuses a count of "one" and leaves no trace',
    ),
  },
  {
    name: 'no compensation',
    section,
    protectsFrom:
      'A produce that timed out reaches the log after its unit went back on sale: one unit, two winners.',
    edits: [
      { part: 'no method takes a grant back', change: insertBefore(giveBackMethod) },
      {
        change: replaceWith(
          "const deadline = setTimeout(() => void gate.giveBack(entry).then(() => resolve('pending')), publishDeadlineMs)",
        ),
      },
    ],
    caughtBy: lateTest('that is in the log'),
  },
  {
    name: 'a failed produce leaves the entry',
    section,
    protectsFrom: 'The outbox loses an entry that the log refused: a grant of the gate that no relay sends.',
    edits: [{ change: insertBefore('await confirmAll(due)') }],
    caughtBy: logTest('an entry whose produce is refused stays in the outbox'),
  },
  {
    name: 'a late acknowledgement still confirms',
    section,
    protectsFrom:
      'After every slow moment of Kafka, its entries wait for a relay that produces all of them a second time.',
    edits: [
      {
        change: insertBefore(
          "if (waiting.every(({ overdueAtMs }) => overdueAtMs < monotonicMs())) return waiting.map(() => 'pending')",
        ),
      },
    ],
    caughtBy: lateTest('that is in the log'),
  },
  {
    name: 'an entry goes out in one produce',
    section,
    protectsFrom: 'Half of an entry is acknowledged and half is not, and one confirm covers both.',
    edits: [
      {
        change: replaceWith(`
          for (const entry of due)
            for (const grant of entry.grants) await produce([{ ...entry, grants: [grant] }])
        `),
      },
    ],
    caughtBy: batchesTest('entries that arrive during produces go out together'),
  },
  {
    name: 'one partition per produce',
    section,
    protectsFrom:
      'After a leader moved, the client omits one partition of a produce and still reports success.',
    edits: [
      {
        change: replaceWith(
          'const messages = records.map((record, index) => ({ ...record, partition: (partition + index) % 3 }))',
        ),
      },
      { part: 'result', change: remove },
    ],
    caughtBy: batchesTest('entries that arrive during produces go out together'),
  },
  {
    name: 'the result of a produce is checked',
    section,
    protectsFrom:
      'A produce that resolves without its partition counts as acknowledged: a yes that the log does not have.',
    edits: [{ change: remove }],
    caughtBy: unitTest('platform/kafka/producer')('a result %s is no acknowledgement'),
  },
  {
    name: 'acknowledgement by all in-sync replicas',
    section,
    protectsFrom: 'The leader acknowledges alone and crashes: the log does not have a grant that got a yes.',
    edits: [{ change: swap('acks: -1', 'acks: 1') }],
    caughtBy: unitTest('platform/kafka/producer')(
      'every produce request asks all in-sync replicas to acknowledge',
    ),
  },
  {
    name: 'the circuit breaker opens after three failures',
    section,
    protectsFrom:
      'While Kafka is unavailable, every press waits for its deadline, until the process is full and rejects the rest.',
    edits: [{ change: swap('3', 'Number.POSITIVE_INFINITY') }],
    caughtBy: unitTest('coupon/log/grant-log-outage')(
      'entries queued before the circuit breaker opened are pending at once',
    ),
  },
  {
    name: 'an open circuit breaker probes',
    section,
    protectsFrom:
      'Once open, the circuit breaker never closes again, and every winner waits for a relay from then on.',
    edits: [{ change: remove }],
    caughtBy: batchesTest('after three failed produces grants are pending at once'),
  },
]
