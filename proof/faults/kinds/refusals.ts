import { setTimeout as wait } from 'node:timers/promises'
import type { FaultKind } from './fault-kind.ts'

// A server that is dead or paused cannot be healed: these retries outlast that.
const triesMax = 40
const pauseMs = 250

const untilDone = async (work: () => Promise<void>): Promise<void> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work()
    } catch (cause) {
      if (tries >= triesMax) throw cause
      await wait(pauseMs)
    }
  }
}

/** Servers that answer, and refuse. */
export const refusalKinds: readonly FaultKind[] = [
  {
    // The topic asks for more copies than there are: NOT_ENOUGH_REPLICAS.
    name: 'kafka-refuses',
    part: 'kafka',
    isKill: false,
    lastsMs: [500, 4_000],
    create: ({ stack: { kafka } }) => ({
      target: 'kafka',
      strike: () => kafka.acceptGrants(false).then(() => true),
      heal: () => untilDone(() => kafka.acceptGrants(true)),
    }),
  },
  {
    name: 'mysql-read-only',
    part: 'mysql',
    isKill: false,
    lastsMs: [500, 4_000],
    create: ({ stack: { database } }) => ({
      target: 'mysql',
      strike: () => database.setReadOnly(true).then(() => true),
      heal: () => untilDone(() => database.setReadOnly(false)),
    }),
  },
]
