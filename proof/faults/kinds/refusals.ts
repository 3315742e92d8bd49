import { setTimeout as wait } from 'node:timers/promises'
import type { FaultKind } from './fault-kind.ts'

// While the server itself is dead or stands still, its refusal cannot be taken back: the heal outlasts that.
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

/** Servers that answer, and say no. */
export const refusalKinds: readonly FaultKind[] = [
  {
    // Too few copies for what the topic asks: NOT_ENOUGH_REPLICAS.
    ...{ name: 'kafka-refuses', part: 'kafka', isKill: false, lastsMs: [500, 4_000] },
    create: ({ stack: { kafka } }) => ({
      target: 'kafka',
      strike: () => kafka.takeGrants(false).then(() => true),
      heal: () => untilDone(() => kafka.takeGrants(true)),
    }),
  },
  {
    ...{ name: 'mysql-read-only', part: 'mysql', isKill: false, lastsMs: [500, 4_000] },
    create: ({ stack: { database } }) => ({
      target: 'mysql',
      strike: () => database.setReadOnly(true).then(() => true),
      heal: () => untilDone(() => database.setReadOnly(false)),
    }),
  },
]
