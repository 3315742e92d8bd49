import { z } from 'zod'
import { databaseConnectionSettings } from '../platform/connections/database-connection.ts'
import { kafkaBrokers, kafkaConnectionSettings } from '../platform/connections/kafka-connection.ts'
import { fitTogether } from '../platform/connections/server-connections.ts'
import { port, secret } from '../platform/settings.ts'

/** The environment of a load run. Without KAFKA_BROKERS a missing row stays undecided: it may be late. */
export const loadSettings = fitTogether(
  z.object({
    API_URL: z
      .url({ protocol: /^http$/, error: 'expected an origin as in http://127.0.0.1:8080' })
      .optional()
      .describe('Origin of the API, http:// only. Without it: http://127.0.0.1:8080'),
    JWT_SECRET: secret('expected the secret that the API checks shopper tokens with; npm start makes one'),
    ADMIN_TOKEN: secret('expected the token of operators, to create a campaign; npm start makes one'),
    ...databaseConnectionSettings,
    ...kafkaConnectionSettings,
    KAFKA_BROKERS: kafkaBrokers.optional(),
    METRICS_HOST: z.string().default('127.0.0.1'),
    API_METRICS_PORT: port(9_464),
  }),
)
