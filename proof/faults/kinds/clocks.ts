import { chosen } from '../random.ts'
import type { StackPart } from '../schedule.ts'
import type { Stack } from '../stack.ts'
import { disturbanceKind, type FaultKind } from './fault-kind.ts'

const minuteMs = 60_000
// An hour and three days are beyond the close of a round's campaign, and beyond every wait of the product.
const jumpsMs = [-60 * minuteMs, -minuteMs, -10_000, 10_000, minuteMs, 60 * minuteMs, 72 * 60 * minuteMs]

const anyOf = (processes: Stack['apis'], chance: number): string => chosen(processes, chance).name

/** The clock of each part: of one process by chance where there are several. */
const clockOf: Record<Exclude<StackPart, 'link'>, (stack: Stack, chance: number) => string> = {
  api: ({ apis }, chance) => anyOf(apis, chance),
  worker: ({ workers }, chance) => anyOf(workers, chance),
  redis: () => 'redis',
  kafka: () => 'kafka',
  mysql: () => 'mysql',
}

/** A wall clock jumps, and jumps back when it is healed. */
const clockJump = (part: keyof typeof clockOf): FaultKind =>
  disturbanceKind(part, 'clock', [500, 6_000], ({ stack }, [chance, otherChance]) => {
    const clock = clockOf[part](stack, chance)
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
