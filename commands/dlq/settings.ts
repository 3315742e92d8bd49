import { z } from 'zod'
import { kafkaBrokers } from '../../platform/settings.ts'

/** The environment of the command. The launcher writes the address to `.firstcome/environment`. */
export const dlqSettings = z.object({ KAFKA_BROKERS: kafkaBrokers })
