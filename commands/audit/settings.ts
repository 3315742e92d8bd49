import { z } from 'zod'
import { serverAddresses } from '../../platform/settings.ts'

/** The environment of an audit. */
export const auditSettings = z.object(serverAddresses)
