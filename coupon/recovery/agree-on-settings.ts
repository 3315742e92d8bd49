import type { Logger } from '../../platform/log/logger.ts'
import type { Campaign } from '../campaign.ts'
import type { InspectResult, KeeperGate } from '../gate/keeper-gate.ts'
import type { CampaignRepository } from '../ledger/campaigns.ts'

export type AgreeOptions = {
  gate: Pick<KeeperGate, 'apply' | 'settings'>
  campaigns: Pick<CampaignRepository, 'adopt'>
  log: Logger
}

/**
 * Brings gate and ledger to the settings of the higher version. Returns the version that the gate has then,
 * or `undefined` when it is not in order by now. A change is written to the ledger first, so an older gate
 * missed it. A newer gate means that the ledger went back in time. Coupons may have been granted under these
 * settings, so the ledger takes them.
 */
export const createAgreeOnSettings =
  ({ gate, campaigns, log }: AgreeOptions) =>
  async (
    campaign: Campaign,
    inspected: Extract<InspectResult, { kind: 'in-order' }>,
  ): Promise<number | undefined> => {
    const { id, version } = campaign
    if (inspected.version === version) return version
    if (inspected.version < version) {
      // safeguard: the keeper brings a gate up to the ledger
      const applied = await gate.apply(campaign)
      if (applied.kind === 'applied')
        log.info({ campaignId: id, version }, 'keeper: settings brought to the gate')
      return applied.kind === 'applied' ? version : applied.kind === 'older' ? applied.version : undefined
    }
    const settings = await gate.settings(id)
    if (settings === undefined) return undefined
    // safeguard: the ledger takes newer settings of a gate
    if (await campaigns.adopt(id, settings, inspected.nowMs))
      log.error(
        { campaignId: id, gate: settings.version, ledger: version },
        'keeper: the ledger went back in time: it took the newer settings of the gate',
      )
    return settings.version
  }
