import { chosen } from '../random.ts'
import type { ServingPart } from '../schedule.ts'
import type { Stack } from '../stack.ts'
import type { SupervisedProcess } from '../supervised-process.ts'
import { disturbanceKind, type FaultKind, killKind } from './fault-kind.ts'

/** A process of each part, by chance where there are several. */
const ofPart: Record<ServingPart, (stack: Stack, chance: number) => SupervisedProcess> = {
  api: ({ apis }, chance) => chosen(apis, chance),
  worker: ({ workers }, chance) => chosen(workers, chance),
  redis: ({ redis }) => redis.master().server,
  kafka: ({ kafka }, chance) => chosen(kafka.brokers, chance),
  mysql: ({ database }) => database.server,
}
/**
 * Its name, also that of its clock. Which Redis is the master is known only at the strike, so all have one.
 * So have brokers: two of three that are away at once leave nobody to take grants.
 */
export const targetOf = (part: keyof typeof ofPart, stack: Stack, chance: number): string =>
  part === 'redis' || part === 'kafka' ? part : ofPart[part](stack, chance).name

/** SIGKILL, and after a while a restart on the old data. */
const killOf = (part: keyof typeof ofPart): FaultKind =>
  killKind(part, 'kill', ({ stack }, [chance]) => ({
    target: targetOf(part, stack, chance),
    strike: () => ofPart[part](stack, chance).kill(),
    heal: () => ofPart[part](stack, chance).start(),
  }))

/** SIGSTOP for a while: its connections stay, and its work continues when nobody waits for it any longer. */
const pauseOf = (part: keyof typeof ofPart, lastsMsMax = 4_000): FaultKind =>
  disturbanceKind(part, 'pause', [500, lastsMsMax], ({ stack }, [chance]) => ({
    target: targetOf(part, stack, chance),
    strike: async () => ofPart[part](stack, chance).pause(),
    heal: async () => ofPart[part](stack, chance).resume(),
  }))

/** Kills and pauses of every part. A Redis that is killed here has written everything, and keeps it. */
export const processKinds: readonly FaultKind[] = [
  ...(['api', 'worker', 'redis', 'kafka', 'mysql'] as const).map(killOf),
  ...(['api', 'redis', 'kafka', 'mysql'] as const).map((part) => pauseOf(part)),
  // Some pauses outlast the group session (10 s): the worker resumes after the group has removed it.
  pauseOf('worker', 11_000),
]
