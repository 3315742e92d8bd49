import { setTimeout as pause } from 'node:timers/promises'
import type { OutboxEntry } from '../../../coupon/gate/outbox-entry.ts'
import type { GrantLog } from '../../../coupon/log/grant-log.ts'
import { createPartitionCount } from '../../../coupon/log/partition-count.ts'
import { grantsTopic } from '../../../coupon/log/topics.ts'
import { createProducer, type Producer } from '../../../platform/kafka/producer.ts'
import type { RedisClient } from '../../../platform/redis.ts'
import type { Brokers } from '../servers/brokers.ts'
import type { OwnDatabase } from '../servers/own-database.ts'
import { type ArmedGate, armGate } from './armed-gate.ts'
import { grantEntry, openGrantLog } from './grant-logs.ts'
import { until } from './until.ts'

/** One campaign and an API's way into the log, by which grants stream until `end`. */
export type GrantStream = {
  readonly sale: ArmedGate
  readonly grantLog: GrantLog
  readonly producer: Producer
  /** Produces that the log acknowledged, by partition, and those that failed. */
  readonly acknowledged: readonly number[]
  readonly failures: readonly string[]
  /** Every entry with its answer; `late` came after the deadline. */
  readonly answers: ReadonlyMap<OutboxEntry, string>
  end(): Promise<void>
  /** What the keeper does: all that was left is sent again, until the outbox is empty. */
  relayed(): Promise<void>
}

export type GrantStreamPlace = {
  brokers: Pick<Brokers, 'kafka' | 'topics'>
  ledger: OwnDatabase
  redis: RedisClient
  publishDeadlineMs: number
}

/** The real produce, with its outcome counted. */
const watched = (own: Producer, acknowledged: number[], failures: string[]): Producer => ({
  ...own,
  async append(topic, partition, records) {
    try {
      const offset = await own.append(topic, partition, records)
      acknowledged[partition] = (acknowledged[partition] ?? 0) + 1
      return offset
    } catch (cause) {
      failures.push(String(cause))
      throw cause
    }
  },
})

/** Begins one: five grants every five milliseconds. */
export const openGrantStream = async (place: GrantStreamPlace): Promise<GrantStream> => {
  const { brokers, ledger, redis, publishDeadlineMs } = place
  const campaign = await ledger.createCampaign({ epoch: 1, stock: 100_000 })
  const sale = await armGate(redis, { id: campaign.id, stock: 100_000 })
  const acknowledged = [0, 0, 0]
  const failures: string[] = []
  const producer = watched(createProducer(brokers.kafka), acknowledged, failures)
  const grantLog = openGrantLog(sale, {
    producer,
    publishDeadlineMs,
    partitions: createPartitionCount({
      read: () => brokers.topics.partitions(grantsTopic),
      monotonicMs: () => performance.now(),
    }),
  })
  const answers = new Map<OutboxEntry, string>()
  const appends: Promise<unknown>[] = []
  let isOn = true
  const answered = async (entry: OutboxEntry): Promise<void> => {
    const answer = grantLog.append(entry)
    // Begun after its own timer and longer: it comes first only when the deadline did not hold.
    const late = new AbortController()
    const deadline = pause(publishDeadlineMs + 50, 'late', { signal: late.signal }).catch(() => 'in time')
    answers.set(entry, await Promise.race([answer, deadline]))
    late.abort()
  }
  const run = async (): Promise<void> => {
    while (isOn) {
      appends.push(answered(await grantEntry(sale, 5)))
      await pause(5)
    }
  }
  const running = run()
  const sendLeft = async (left: Set<OutboxEntry>): Promise<boolean> => {
    const entries = [...left].slice(0, 100)
    const outcomes = await Promise.all(entries.map((entry) => grantLog.append(entry)))
    for (const [at, entry] of entries.entries()) if (outcomes[at] === 'confirmed') left.delete(entry)
    return Number(await redis.command('XLEN', sale.keys.outbox)) === 0
  }
  return {
    ...{ sale, grantLog, producer, acknowledged, failures, answers },
    async end() {
      isOn = false
      await running
      await Promise.all(appends)
    },
    async relayed() {
      const left = [...answers].flatMap(([entry, answer]) => (answer === 'confirmed' ? [] : [entry]))
      const set = new Set(left)
      await until('the outbox is empty', () => sendLeft(set))
    },
  }
}
