import { z } from 'zod'
import { Failure, messageOf } from '../platform/failure.ts'
import { databaseUrl, kafkaBrokers, port, readSettings, secret } from '../platform/settings.ts'

/** The environment of a load run. The launcher writes it to `.firstcome/environment`. */
export const loadSettings = z.object({
  API_URL: z
    .url({ protocol: /^http$/, error: 'expected an origin as in http://127.0.0.1:8080' })
    .optional()
    .describe('Origin of the API, http:// only. Without it: http://127.0.0.1:8080'),
  JWT_SECRET: secret('expected the secret that the API checks shopper tokens with'),
  ADMIN_TOKEN: secret('expected the token of operators, to create a campaign'),
  DATABASE_URL: databaseUrl,
  KAFKA_BROKERS: kafkaBrokers.optional(),
  METRICS_HOST: z.string().default('127.0.0.1'),
  API_METRICS_PORT: port(9_464),
})

const defaultUrl = 'http://127.0.0.1:8080'

/** What a load run needs to know about the system it presses. */
export type LoadSettings = {
  apiUrl: string
  jwtSecret: string
  adminToken: string
  databaseUrl: string
  /** To tell a row that is late from one that is lost; without them a missing row stays undecided. */
  kafkaBrokers: string[] | undefined
  /** Where the API tells how much memory it takes. */
  apiMetricsUrl: string
}

/** Reads the environment; `url` goes before `API_URL`. Throws `refused` with every fault at once. */
export const readLoadSettings = (environment: NodeJS.ProcessEnv, url?: string): LoadSettings => {
  try {
    const settings = readSettings(loadSettings, environment)
    return {
      apiUrl: new URL(url ?? settings.API_URL ?? defaultUrl).origin,
      jwtSecret: settings.JWT_SECRET,
      adminToken: settings.ADMIN_TOKEN,
      databaseUrl: settings.DATABASE_URL,
      kafkaBrokers: settings.KAFKA_BROKERS,
      apiMetricsUrl: `http://${settings.METRICS_HOST}:${settings.API_METRICS_PORT}/metrics`,
    }
  } catch (cause) {
    const hint =
      '`npm start` in another terminal writes them to .firstcome/environment, where they are found.'
    throw new Failure('refused', `${messageOf(cause)}\n${hint}`, { cause })
  }
}
