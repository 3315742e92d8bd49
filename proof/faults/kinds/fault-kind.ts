import type { FaultShape, PlannedFault } from '../schedule.ts'
import type { Stack } from '../stack.ts'

/** What a fault may look at beside the stack. */
export type FaultContext = {
  stack: Stack
  /** Resolves when grants are confirmed again, or when `limitMs` are over. */
  confirming(limitMs: number): Promise<void>
}

/** One fault, ready to strike. Each step is taken once, in this order. */
export type Fault = {
  /** What it has to itself from `prepare` until it is healed: `redis`, `api-2`, `link-api-mysql`. */
  readonly target: string
  /** Whatever has to be there before it can strike: a replica that lags. */
  prepare?(): Promise<void>
  /** Resolves when it has struck; with false when there was nobody to strike. */
  strike(): Promise<boolean>
  /** Resolves when nothing of it is left but what it did; tries again by itself while other faults are in its way. */
  heal(): Promise<void>
}

/** A kind of fault. */
export type FaultKind = FaultShape & {
  create(surroundings: FaultContext, chances: PlannedFault['chances']): Fault
}
