import { chosen } from '../random.ts'
import type { ServingPart } from '../schedule.ts'
import { disturbanceKind, type FaultKind } from './fault-kind.ts'
import { targetOf } from './processes.ts'

const minuteMs = 60_000
// An hour and three days are beyond the close of a round's campaign, and beyond every wait of the product.
const jumpsMs = [-60 * minuteMs, -minuteMs, -10_000, 10_000, minuteMs, 60 * minuteMs, 72 * 60 * minuteMs]

/** A wall clock jumps, and jumps back when it is healed. */
const clockJump = (part: ServingPart): FaultKind =>
  disturbanceKind(part, 'clock', [500, 6_000], ({ stack }, [chance, otherChance]) => {
    const clock = targetOf(part, stack, chance)
    return {
      target: `clock-${clock}`,
      async strike() {
        stack.clocks?.shift(clock, chosen(jumpsMs, otherChance))
        return stack.clocks !== undefined
      },
      heal: async () => stack.clocks?.shift(clock, 0),
    }
  })

/** Clocks that jump. They leave every other clock as it is. */
export const clockKinds: readonly FaultKind[] = (['api', 'worker', 'redis', 'kafka', 'mysql'] as const).map(
  clockJump,
)
