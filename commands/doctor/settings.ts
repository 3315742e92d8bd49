import { z } from 'zod'
import { connectionsMax } from '../../coupon/settings.ts'
import { fitTogether, serverConnectionSettings } from '../../platform/connections/server-connections.ts'
import { count } from '../../platform/settings.ts'

/** The environment of the doctor. The settings of the migration are compared only if they are set. */
export const doctorSettings = fitTogether(
  z.object({
    ...serverConnectionSettings,
    CONNECTIONS_MAX: connectionsMax,
    GRANTS_PARTITIONS: count(3, 1_000).removeDefault().optional(),
    TOPIC_REPLICATION_FACTOR: count(1, 9).removeDefault().optional(),
    TOPIC_MIN_INSYNC_REPLICAS: count(1, 9).removeDefault().optional(),
  }),
)

export type DoctorSettings = z.infer<typeof doctorSettings>
