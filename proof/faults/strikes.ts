import { setTimeout as wait } from 'node:timers/promises'
import { messageOf } from '../../platform/failure.ts'
import type { Fault, FaultKind, FaultContext } from './kinds/fault-kind.ts'
import type { PlannedFault, PlannedMoment } from './schedule.ts'
import type { Traffic } from './traffic.ts'
import type { StruckFault } from './round-verdict.ts'

export type StrikeOptions = {
  moments: readonly PlannedMoment[]
  kinds: readonly FaultKind[]
  surroundings: FaultContext
  /** How things stand in the moment that is right for a strike. */
  standing(): Promise<Traffic>
  /** A clock in milliseconds, and what it said when the round began. */
  now(): number
  startedMs: number
  signal: AbortSignal
}

/** What came of the faults of a round. */
export type StrikeResults = {
  struck: readonly StruckFault[]
  /** Faults that could not be made or taken back, in sentences: the round says nothing then. */
  failed: readonly string[]
}

type PreparedFault = { kind: FaultKind; planned: PlannedFault; fault: Fault; release(): void }

// The next moment comes when grants are confirmed again, and else after this long, so that faults meet.
const nextWithinMs = 3_000

/** Strikes moment by moment, heals each fault when its time is over, and resolves when all are healed. */
export const strikeAll = async (options: StrikeOptions): Promise<StrikeResults> => {
  const { kinds, surroundings, signal } = options
  const struck: StruckFault[] = []
  const failed: string[] = []
  /** Who has a target to itself, and who waits for it. */
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

  const heal = async ({ kind, fault, release }: Pick<PreparedFault, 'kind' | 'fault' | 'release'>): Promise<void> => {
    try {
      await fault.heal()
    } catch (cause) {
      failed.push(`${kind.name} was not taken back: ${messageOf(cause)}`)
    }
    release()
  }

  const prepare = async (planned: PlannedFault): Promise<PreparedFault | undefined> => {
    const kind = kinds.find(({ name }) => name === planned.kind)
    if (kind === undefined) throw new RangeError(`there is no fault ${planned.kind}`)
    const fault = kind.create(surroundings, planned.chances)
    const release = await take(fault.target)
    try {
      await fault.prepare?.()
      return { kind, planned, fault, release }
    } catch (cause) {
      failed.push(`${kind.name} could not be made: ${messageOf(cause)}`)
      await heal({ kind, fault, release })
      return undefined
    }
  }

  const strike = async (ready: PreparedFault, standing: Traffic): Promise<void> => {
    const { kind, planned, fault } = ready
    const atMs = Math.round(options.now() - options.startedMs)
    try {
      const isStruck = await fault.strike()
      const counts = standing.inFlight > 0 && standing.stockLeft > 0
      if (isStruck)
        struck.push({ fault: kind.name, part: kind.part, isKill: kind.isKill, counts, ...standing, atMs })
    } catch (cause) {
      failed.push(`${kind.name} did not strike: ${messageOf(cause)}`)
    }
    // Also when the run is stopped: nothing is left standing still.
    const healed = wait(planned.lastsMs, undefined, { signal })
      .catch(() => undefined)
      .then(() => heal(ready))
      .finally(() => healing.delete(healed))
    healing.add(healed)
  }

  for (const { afterMs, faults } of options.moments) {
    if (signal.aborted) break
    await wait(afterMs)
    const ready = (await Promise.all(faults.map(prepare))).filter((one) => one !== undefined)
    const standing = await options.standing()
    await Promise.all(ready.map((one) => strike(one, standing)))
    await surroundings.confirming(nextWithinMs)
  }
  while (healing.size > 0) await Promise.all(healing)
  return { struck, failed }
}
