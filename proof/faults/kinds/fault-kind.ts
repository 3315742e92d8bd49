import type { SaleOperator } from '../sale-operator.ts'
import type { FaultShape, PlannedFault, StackPart } from '../schedule.ts'
import type { Stack } from '../stack.ts'

/** What a fault strikes, and what it may wait for. */
export type FaultContext = {
  stack: Stack
  /** The campaign of the round. */
  campaignId: string
  /** Changes the campaign of the round. */
  operator: SaleOperator
  /** Makes a token of a shopper. */
  sign(userId: string, lifetimeSeconds: number): string
  /** Resolves when grants are confirmed again, or after `limitMs`. */
  confirming(limitMs: number): Promise<void>
}

/** One fault. Each step runs once, in this order. */
export type Fault = {
  /** What no other fault may strike from `prepare` until it is healed: `redis`, `api-2`, `link-api-mysql`. */
  readonly target: string
  /** Sets up what it needs, such as a replica that lags. */
  prepare?(): Promise<void>
  /** Resolves when it has struck; with false when there was nothing to strike. */
  strike(): Promise<boolean>
  /** Resolves when the fault is over and only its damage is left. Retries while other faults prevent that. */
  heal(): Promise<void>
}

type CreateFault = (context: FaultContext, chances: PlannedFault['chances']) => Fault

/** A kind of fault. */
export type FaultKind = FaultShape & { create: CreateFault }

/** A kind with SIGKILL in it. After `lastsMs` the process is restarted. */
export const killKind = (part: StackPart, action: string, create: CreateFault): FaultKind => ({
  name: `${part}-${action}`,
  part,
  isKill: true,
  lastsMs: [0, 1_500],
  create,
})

/** A kind without SIGKILL. */
export const disturbanceKind = (
  part: StackPart,
  action: string,
  lastsMs: FaultKind['lastsMs'],
  create: CreateFault,
): FaultKind => ({ name: `${part}-${action}`, part, isKill: false, lastsMs, create })
