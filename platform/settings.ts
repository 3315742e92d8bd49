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

/** How to make a secret: 48 random bytes, as 64 characters. */
const makeOne = 'make one with: openssl rand -base64 48'

/** A secret without a default. */
const secret = (bytesMin: number, what: string, how: string) => {
  const error = `expected ${what}, at least ${bytesMin} bytes; ${how}`
  return z
    .string({ error })
    .refine((text) => Buffer.byteLength(text) >= bytesMin, { error })
    .meta({ bytesMin })
}

/** The key of HS256: at least as long as its hash (RFC 7518, section 3.2). */
export const jwtSecret = (how = makeOne) =>
  secret(32, 'the secret that shopper tokens are signed with (HS256)', how)

/** The token of operators: 16 random bytes are more than anybody guesses. */
export const adminToken = (how = makeOne) => secret(16, 'the token of operators', how)

type Secrets = { JWT_SECRET?: string | undefined; ADMIN_TOKEN?: string | undefined }
type SettingsRule = { path: string[]; error: string; when(): boolean }

/** For `refine`: who knows one of the secrets must not know the other. */
export const distinctSecrets: [holds: (secrets: Secrets) => boolean, rule: SettingsRule] = [
  ({ JWT_SECRET, ADMIN_TOKEN }) => ADMIN_TOKEN === undefined || ADMIN_TOKEN !== JWT_SECRET,
  {
    path: ['ADMIN_TOKEN'],
    error: `expected another value than JWT_SECRET; ${makeOne}`,
    // Also when other settings are wrong: all faults are reported at once.
    when: () => true,
  },
]

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
