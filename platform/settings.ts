import { z } from 'zod'
import { Failure } from './failure.ts'

/** A whole number of milliseconds, 1 to an hour unless said otherwise. */
export const milliseconds = (defaultMs: number, maxMs = 3_600_000) =>
  z.coerce.number().int().min(1).max(maxMs).default(defaultMs)

/** A whole number of things. */
export const count = (defaultCount: number, max: number, min = 1) =>
  z.coerce.number().int().min(min).max(max).default(defaultCount)

/** A TCP port; 0 takes any that is free. */
export const port = (defaultPort: number) => z.coerce.number().int().min(0).max(65_535).default(defaultPort)

export const logLevel = z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info')

/** A secret of at least 8 characters. There is no default. */
export const secret = (advice: string) => z.string({ error: advice }).min(8, { error: advice })

/**
 * Reads the settings of one process from its environment; an empty variable counts as left out.
 * Throws `refused` with every fault at once, one a line.
 */
export const readSettings = <Shape extends z.ZodRawShape>(
  shape: z.ZodObject<Shape>,
  environment: NodeJS.ProcessEnv,
): z.infer<z.ZodObject<Shape>> => {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const parsed = shape.safeParse(given)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`)
  throw new Failure('refused', `These settings are missing or wrong:\n${faults.join('\n')}`)
}
