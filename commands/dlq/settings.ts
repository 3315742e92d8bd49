import { z } from 'zod'
import { kafkaBrokers } from '../../platform/settings.ts'

/** The environment of the command. */
export const dlqSettings = z.object({ KAFKA_BROKERS: kafkaBrokers })
