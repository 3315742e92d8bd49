import { randomUUIDv7 } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { z } from 'zod'
import type { CampaignChanger } from '../../coupon/campaigns/change-campaign.ts'
import type { Registry } from '../../coupon/campaigns/registry.ts'
import type { Issuer } from '../../coupon/issue/issuer.ts'
import type { ProcessParts } from '../../coupon/process/process-parts.ts'
import { createRehearser } from '../../coupon/rehearsal/rehearser.ts'
import type { Logger } from '../../platform/log/logger.ts'
import type { Rehearsals } from '../routes/admin-rehearsals.ts'
import type { apiSettings } from '../settings.ts'

type RehearsalPartsOptions = {
  settings: z.infer<typeof apiSettings>
  parts: ProcessParts
  registry: Pick<Registry, 'gateNowMs'>
  issuer: Issuer
  changer: CampaignChanger
  log: Logger
  monotonicMs(): number
}

/** Rehearsals, where the settings allow them. `stop` ends the one of this process. */
export const createRehearsalParts = ({
  settings,
  parts,
  registry,
  ...options
}: RehearsalPartsOptions): { rehearsals: Rehearsals | undefined; stop(): Promise<void> } => {
  const { database, campaigns, arming } = parts
  const rehearser = createRehearser({
    ...{ ...options, database, campaigns, arming, wait },
    newCampaignId: randomUUIDv7,
    gateNowMs: registry.gateNowMs,
    now: Date.now,
  })
  const [shoppersMax, perSecondMax] = [settings.REHEARSAL_SHOPPERS_MAX, settings.REHEARSAL_RATE_MAX]
  return {
    rehearsals: shoppersMax === 0 ? undefined : { shoppersMax, perSecondMax, start: rehearser.start },
    stop: rehearser.stop,
  }
}
