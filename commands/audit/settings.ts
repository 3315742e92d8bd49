import { z } from 'zod'
import { serverAddresses } from '../../platform/settings.ts'

/** The environment of an audit. The launcher writes the addresses to `.firstcome/environment`. */
export const auditSettings = z.object(serverAddresses)
