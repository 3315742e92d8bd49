import type { SupervisedProcess } from '../supervised-process.ts'
import { type FaultKind, killKind } from './fault-kind.ts'
import { untilDone } from './until-done.ts'

/**
 * The broker that coordinates the group of the workers is killed among three, and comes back. It stays away
 * for longer than its session, so that another one coordinates.
 */
const coordinatorKilled: FaultKind = {
  ...killKind('kafka', 'coordinator', ({ stack: { kafka } }) => {
    let broker: SupervisedProcess | undefined
    return {
      target: 'kafka',
      async prepare() {
        // Whoever is struck while a copy is late leaves too few of them.
        await kafka.untilInSync()
        await untilDone(async () => void (broker = await kafka.coordinator()))
      },
      strike: async () => (await broker?.kill()) ?? false,
      async heal() {
        await broker?.start()
        await kafka.untilInSync()
      },
    }
  }),
  lastsMs: [3_000, 6_000],
  needsThreeBrokers: true,
}

/** What happens to one broker of several. */
export const coordinatorKinds: readonly FaultKind[] = [coordinatorKilled]
