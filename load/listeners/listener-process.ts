import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { type CountingProcess, startCountingProcess } from '../processes/counting-process.ts'

const countsShape = z.object({ listening: z.number(), events: z.number(), cut: z.number() })

/** How many streams were opened, consoles too, how many events came over all, and how many streams ended. */
export type ListenerCounts = z.infer<typeof countsShape>

const startMs = 60_000
const program = fileURLToPath(new URL('main.ts', import.meta.url))

/**
 * Opens streams of a campaign, and consoles that watch it. Resolves when all of them listen, or were refused.
 */
export const startListeners = (target: {
  url: string
  campaignId: string
  count: number
  consoles: number
  adminToken: string
}): Promise<CountingProcess<ListenerCounts>> =>
  startCountingProcess({
    ...{ name: 'listeners', program, counts: countsShape, startMs },
    environment: { LISTENERS: JSON.stringify(target) },
  })
