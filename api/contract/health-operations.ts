import { z } from 'zod'
import { named } from './named-schema.ts'
import type { Operation } from './operation.ts'
import { sentence } from './shared-shapes.ts'

const healthShape = named(
  'Health',
  z.object({
    status: z.enum(['live', 'ready', 'waiting', 'stopping']),
    checks: z
      .record(z.string(), sentence())
      .optional()
      .describe('With `/readyz`: for each check `ready`, or why it is not.'),
  }),
)

type HealthRoute = { method: 'GET'; path: string; caller: 'anyone'; operation: Operation }

/** The health checks, which are no routes: they have no lane, and are answered in every overload. */
export const healthOperations: readonly HealthRoute[] = [
  {
    method: 'GET',
    path: '/livez',
    caller: 'anyone',
    operation: {
      id: 'checkLiveness',
      summary: 'Whether the process runs',
      answers: { 200: { description: 'It runs.', schema: healthShape } },
      problems: [],
    },
  },
  {
    method: 'GET',
    path: '/readyz',
    caller: 'anyone',
    operation: {
      id: 'checkReadiness',
      summary: 'Whether the process can serve people',
      answers: {
        200: { description: 'It can.', schema: healthShape },
        503: { description: 'It cannot, or is stopping: `checks` says why.', schema: healthShape },
      },
      problems: [],
    },
  },
]
