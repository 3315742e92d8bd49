import { z } from 'zod'
import { adminToken, databaseUrl, jwtSecret, kafkaBrokers, port } from '../platform/settings.ts'

const ofTheApi = 'as the API has it; npm start makes one'

/** The environment of a load run. Without KAFKA_BROKERS a missing row stays undecided: it may be late. */
export const loadSettings = z.object({
  API_URL: z
    .url({ protocol: /^http$/, error: 'expected an origin as in http://127.0.0.1:8080' })
    .optional()
    .describe('Origin of the API, http:// only. Without it: http://127.0.0.1:8080'),
  JWT_SECRET: jwtSecret(ofTheApi),
  ADMIN_TOKEN: adminToken(ofTheApi),
  DATABASE_URL: databaseUrl,
  KAFKA_BROKERS: kafkaBrokers.optional(),
  METRICS_HOST: z.string().default('127.0.0.1'),
  API_METRICS_PORT: port(9_464),
})
