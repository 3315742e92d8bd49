import { z } from 'zod'
import { fitTogether, serverConnectionSettings } from '../../platform/connections/server-connections.ts'

/** The environment of an audit. */
export const auditSettings = fitTogether(z.object(serverConnectionSettings))
