import { z } from 'zod'
import { fitTogether, serverConnectionSettings } from '../../platform/connections/server-connections.ts'

/** The environment of the command. The launcher writes the addresses to `.firstcome/environment`. */
export const redisSettings = fitTogether(z.object(serverConnectionSettings))
