import { Failure, messageOf } from '../../platform/failure.ts'
import { createBound, createGroupCommit } from '../../platform/group-commit.ts'
import type { Producer } from '../../platform/kafka/producer.ts'
import type { Logger } from '../../platform/log/logger.ts'
import { withTimeout } from '../../platform/with-timeout.ts'
import type { Gate } from '../gate/gate.ts'
import type { OutboxEntry } from '../gate/outbox-entry.ts'
import { encodeGrant } from './log-record.ts'
import { grantsTopic } from './topics.ts'

/**
 * Result of an append within its deadline. `pending` is not a rejection: the entry stays in the outbox and
 * may be in the log.
 */
export type AppendResult = 'confirmed' | 'pending'

/** Append and confirm: writes outbox entries to the log and then deletes them from the outbox. */
export type GrantLog = {
  /** Never rejects and never takes a grant back. Resolves within `publishDeadlineMs`. */
  append(entry: OutboxEntry): Promise<AppendResult>
  /** Entries queued or being produced. `isOpen`: only one probe a second goes out. */
  state(): { entriesWaiting: number; isOpen: boolean }
  /** Waits until no append is in progress, for at most `timeoutMs`. */
  drained(timeoutMs: number): Promise<void>
}

export type GrantLogOptions = {
  producer: Producer
  gate: Gate
  log: Logger
  /** Number of partitions of the grants topic; rejects while it is unknown. */
  partitions(): Promise<number>
  publishDeadlineMs: number
  /** Maximum number of concurrent produces. */
  publishInFlightMax: number
  monotonicMs(): number
}

/** Twelve entries of 256 grants of 250 bytes stay below Kafka's 1 MB a batch. */
const entriesInOneProduceMax = 12
const entriesWaitingMax = 1_000
// safeguard: the circuit breaker opens after three failures
const failuresToOpen = 3
const probeIntervalMs = 1_000

/** `isProbe`: it was accepted while the circuit breaker was open. */
type WaitingEntry = { entry: OutboxEntry; overdueAtMs: number; isProbe: boolean }

/** Opens after three failed produces in a row; then one probe a second goes out, until one succeeds. */
const createCircuitBreaker = (monotonicMs: () => number) => {
  let failures = 0
  let probedAtMs = 0
  return {
    isOpen: () => failures >= failuresToOpen,
    mayProbe: () => {
      if (monotonicMs() - probedAtMs < probeIntervalMs) return false
      probedAtMs = monotonicMs()
      return true
    },
    succeeded: () => {
      failures = 0
    },
    failed: () => {
      failures += 1
      probedAtMs = monotonicMs()
    },
  }
}

export const createGrantLog = (options: GrantLogOptions): GrantLog => {
  const { producer, gate, log, monotonicMs, publishDeadlineMs } = options
  const breaker = createCircuitBreaker(monotonicMs)
  const bound = createBound(entriesWaitingMax)
  const inProgress = new Set<Promise<unknown>>()
  let rotation = 0

  /** One produce to one partition. Each time the deadline passes without an answer counts as a failure. */
  const produce = async (entries: readonly OutboxEntry[]): Promise<void> => {
    const overdue = setInterval(breaker.failed, publishDeadlineMs)
    try {
      const partition = rotation++ % (await options.partitions())
      const records = entries.flatMap(({ grants }) => grants.map((grant) => ({ value: encodeGrant(grant) })))
      await producer.append(grantsTopic, partition, records)
      breaker.succeeded()
    } catch (cause) {
      breaker.failed()
      throw cause
    } finally {
      clearInterval(overdue)
    }
  }

  const confirm = async (
    campaignId: string,
    epoch: number,
    entries: OutboxEntry[],
  ): Promise<AppendResult> => {
    try {
      const answer = await gate.confirm(campaignId, epoch, entries)
      if (answer.kind === 'confirmed') return 'confirmed'
      log.warn({ campaignId, epoch, answer }, 'the gate refused to confirm entries that are in the log')
    } catch (cause) {
      log.warn({ campaignId, epoch, cause: messageOf(cause) }, 'the gate did not answer a confirm call')
    }
    // safeguard: only an OK of confirm makes a 201
    return 'pending'
  }

  const confirmAll = async (entries: readonly OutboxEntry[]): Promise<Map<OutboxEntry, AppendResult>> => {
    const gates = Map.groupBy(entries, ({ campaignId, epoch }) => `${campaignId} ${epoch}`)
    const outcomes = new Map<OutboxEntry, AppendResult>()
    await Promise.all(
      [...gates.values()].map(async (ofGate) => {
        const [first] = ofGate
        if (first === undefined) return
        const outcome = await confirm(first.campaignId, first.epoch, ofGate)
        for (const entry of ofGate) outcomes.set(entry, outcome)
      }),
    )
    return outcomes
  }

  const run = async (waiting: WaitingEntry[]): Promise<AppendResult[]> => {
    // Overdue entries were answered 202: the relay has them. An open circuit breaker lets only probes out.
    const due = waiting
      .filter(({ overdueAtMs, isProbe }) => overdueAtMs > monotonicMs() && (isProbe || !breaker.isOpen()))
      .map(({ entry }) => entry)
    if (due.length === 0) return waiting.map(() => 'pending')
    try {
      // safeguard: an entry goes out in one produce
      await produce(due)
    } catch (cause) {
      log.warn(
        { entries: due.length, cause: messageOf(cause) },
        'Kafka did not acknowledge; the entries stay in the outbox',
      )
      // safeguard: a failed produce leaves the entry
      return waiting.map(() => 'pending')
    }
    // safeguard: confirm before a yes
    // safeguard: a late acknowledgement still confirms
    const outcomes = await confirmAll(due)
    return waiting.map(({ entry }) => outcomes.get(entry) ?? 'pending')
  }

  const queue = createGroupCommit<WaitingEntry, AppendResult>({
    run,
    batchSizeMax: entriesInOneProduceMax,
    inFlightMax: options.publishInFlightMax,
    bound,
  })

  const submit = async (entry: OutboxEntry, isProbe: boolean): Promise<AppendResult> => {
    try {
      return await queue.submit({ entry, overdueAtMs: monotonicMs() + publishDeadlineMs, isProbe })
    } catch (cause) {
      if (!(cause instanceof Failure)) log.error({ cause: messageOf(cause) }, 'an append failed unexpectedly')
      return 'pending'
    }
  }

  const tracked = (entry: OutboxEntry, isProbe: boolean): Promise<AppendResult> => {
    const work = submit(entry, isProbe).finally(() => inProgress.delete(work))
    inProgress.add(work)
    return work
  }

  return {
    append(entry) {
      if (breaker.isOpen()) {
        // safeguard: an open circuit breaker probes
        if (breaker.mayProbe()) void tracked(entry, true)
        return Promise.resolve('pending')
      }
      const { promise, resolve } = Promise.withResolvers<AppendResult>()
      // safeguard: no yes before the log has the grant
      // safeguard: no compensation
      const deadline = setTimeout(() => resolve('pending'), publishDeadlineMs)
      void tracked(entry, false).then((outcome) => {
        clearTimeout(deadline)
        resolve(outcome)
      })
      return promise
    },
    state: () => ({ entriesWaiting: bound.held, isOpen: breaker.isOpen() }),
    async drained(timeoutMs) {
      await withTimeout(Promise.all(inProgress), timeoutMs, 'appends are in progress').catch(() => undefined)
    },
  }
}
