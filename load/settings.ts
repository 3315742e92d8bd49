import { z } from 'zod'
import { databaseConnectionSettings } from '../platform/connections/database-connection.ts'
import { kafkaBrokers, kafkaConnectionSettings } from '../platform/connections/kafka-connection.ts'
import { fitTogether } from '../platform/connections/server-connections.ts'
import { adminToken, jwtSecret, port } from '../platform/settings.ts'

const ofTheApi = 'as the API has it; npm start makes one'

/** The environment of a load run. Without KAFKA_BROKERS a missing row stays undecided: it may be late. */
export const loadSettings = fitTogether(
  z.object({
    API_URL: z
      .url({ protocol: /^http$/, error: 'expected an origin as in http://127.0.0.1:8080' })
      .optional()
      .describe('Origin of the API, http:// only. Without it: http://127.0.0.1:8080'),
    JWT_SECRET: jwtSecret(ofTheApi),
    ADMIN_TOKEN: adminToken(ofTheApi),
    ...databaseConnectionSettings,
    ...kafkaConnectionSettings,
    KAFKA_BROKERS: kafkaBrokers.optional(),
    METRICS_HOST: z.string().default('127.0.0.1'),
    API_METRICS_PORT: port(9_464),
  }),
)
