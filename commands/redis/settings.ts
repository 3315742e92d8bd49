import { z } from 'zod'
import { serverAddresses } from '../../platform/settings.ts'

/** The environment of the command. The launcher writes the addresses to `.firstcome/environment`. */
export const redisSettings = z.object(serverAddresses)
