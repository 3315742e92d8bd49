import { setTimeout as wait } from 'node:timers/promises'
import { messageOf } from '../../platform/failure.ts'
import type { Fault, FaultContext, FaultKind } from './kinds/fault-kind.ts'
import type { StruckFault } from './round-verdict.ts'
import type { PlannedFault, PlannedMoment } from './schedule.ts'
import type { Traffic } from './traffic.ts'

export type StrikeOptions = {
  moments: readonly PlannedMoment[]
  kinds: readonly FaultKind[]
  context: FaultContext
  /** Resolves in a good moment for a strike. */
  traffic(): Promise<Traffic>
  /** A clock in milliseconds, and its value when the round began. */
  now(): number
  startedMs: number
  signal: AbortSignal
}

/** The faults of a round. */
export type StrikeResults = {
  struck: readonly StruckFault[]
  /** Faults that could not be made or healed, in sentences. They make the round prove nothing. */
  failed: readonly string[]
}

type PreparedFault = { kind: FaultKind; planned: PlannedFault; fault: Fault; release(): void }

// The next moment comes when grants are confirmed again, or after this long, so that faults meet.
const nextWithinMs = 3_000

/** Strikes moment by moment, heals each fault at its end, and resolves when all are healed. */
export const strikeAll = async (options: StrikeOptions): Promise<StrikeResults> => {
  const { kinds, context, signal } = options
  const struck: StruckFault[] = []
  const failed: string[] = []
  /** The last fault in the queue for each target. */
  const queues = new Map<string, Promise<void>>()
  const healing = new Set<Promise<void>>()

  const take = async (target: string): Promise<() => void> => {
    const before = queues.get(target)
    const { promise, resolve } = Promise.withResolvers<void>()
    queues.set(
      target,
      Promise.all([before, promise]).then(() => undefined),
    )
    await before
    return resolve
  }

  const heal = async ({
    kind,
    fault,
    release,
  }: Pick<PreparedFault, 'kind' | 'fault' | 'release'>): Promise<void> => {
    try {
      await fault.heal()
    } catch (cause) {
      failed.push(`${kind.name} was not healed: ${messageOf(cause)}`)
    }
    release()
  }

  const prepare = async (planned: PlannedFault): Promise<PreparedFault | undefined> => {
    const kind = kinds.find(({ name }) => name === planned.kind)
    if (kind === undefined) throw new RangeError(`there is no fault ${planned.kind}`)
    const fault = kind.create(context, planned.chances)
    const release = await take(fault.target)
    try {
      await fault.prepare?.()
      return { kind, planned, fault, release }
    } catch (cause) {
      failed.push(`${kind.name} could not be prepared: ${messageOf(cause)}`)
      await heal({ kind, fault, release })
      return undefined
    }
  }

  const strike = async (prepared: PreparedFault, traffic: Traffic): Promise<void> => {
    const { kind, planned, fault } = prepared
    const atMs = Math.round(options.now() - options.startedMs)
    try {
      const isStruck = await fault.strike()
      const counts = traffic.inFlight > 0 && traffic.stockLeft > 0
      if (isStruck)
        struck.push({ fault: kind.name, part: kind.part, isKill: kind.isKill, counts, ...traffic, atMs })
    } catch (cause) {
      failed.push(`${kind.name} did not strike: ${messageOf(cause)}`)
    }
    // Also when the run is interrupted, so that no process stays paused.
    const healed = wait(planned.lastsMs, undefined, { signal })
      .catch(() => undefined)
      .then(() => heal(prepared))
      .finally(() => healing.delete(healed))
    healing.add(healed)
  }

  for (const { afterMs, faults } of options.moments) {
    if (signal.aborted) break
    await wait(afterMs)
    const prepared = (await Promise.all(faults.map(prepare))).filter((fault) => fault !== undefined)
    const traffic = await options.traffic()
    await Promise.all(prepared.map((fault) => strike(fault, traffic)))
    await context.confirming(nextWithinMs)
  }
  while (healing.size > 0) await Promise.all(healing)
  return { struck, failed }
}
