import { z } from 'zod'

const amount = () => z.int().min(0).max(Number.MAX_SAFE_INTEGER)

/** What a process says of itself once a second. Counts are those since it started. */
export const processSampleShape = z.object({
  id: z.string().min(1).max(64).describe('Another one after each start: the counts begin at 0 with it.'),
  name: z.string().min(1).max(100).describe('Its host and its process id.'),
  kind: z.enum(['api', 'worker']),
  eventLoop: z.number().min(0).max(1).describe('The share of a second in which its event loop was busy.'),
  cpu: z.number().min(0).max(4_096).describe('Processor time of a second, in processors: 1 is all of one.'),
  memoryBytes: amount().describe('Memory that it holds (RSS).'),
  queue: amount().describe('Issues that wait.'),
  publishQueue: amount().describe('Outbox entries that wait for the log.'),
  isPublisherOpen: z.boolean().describe('Whether the circuit breaker of the log is open.'),
  outcomes: z
    .record(z.string().max(64), amount())
    .describe('Issues by outcome. Those that never came are left out.'),
  issueDurations: z
    .array(z.object({ le: z.string().max(16), count: amount() }))
    .max(32)
    .describe(
      'Presses by the upper end of their bucket, in seconds. Each is in one bucket. Empty before the first.',
    ),
  rows: amount().describe('Rows of coupons that it inserted.'),
})

export type ProcessSample = z.infer<typeof processSampleShape>

export const encodeProcessSample = (sample: ProcessSample): string => JSON.stringify(sample)

/** A sample as another process wrote it, which may have another version. `undefined` when it is none. */
export const decodeProcessSample = (text: string): ProcessSample | undefined => {
  try {
    return processSampleShape.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
