import { z } from 'zod'
import { kafkaConnectionSettings } from '../../platform/connections/kafka-connection.ts'
import { fitTogether } from '../../platform/connections/server-connections.ts'

/** The environment of the command. */
export const dlqSettings = fitTogether(z.object(kafkaConnectionSettings))
