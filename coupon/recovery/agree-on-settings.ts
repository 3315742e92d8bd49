import type { Logger } from '../../platform/log/logger.ts'
import type { Campaign } from '../campaign.ts'
import { createTakeBack } from '../campaigns/take-back.ts'
import type { InspectResult, KeeperGate } from '../gate/keeper-gate.ts'
import type { CampaignRepository } from '../ledger/campaigns.ts'

export type AgreeOptions = {
  gate: Pick<KeeperGate, 'apply' | 'settings'>
  campaigns: Pick<CampaignRepository, 'adopt' | 'change'>
  log: Logger
}

/**
 * Brings gate and ledger to the settings of the higher version. Returns the version that the gate has then,
 * or `undefined` when it is not in order by now. A change is written to the ledger first, so an older gate
 * missed it. What a gate that has opened refuses is taken back. A newer gate means that the ledger went back
 * in time. Coupons may have been granted under these settings, so the ledger takes them.
 */
export const createAgreeOnSettings = ({ gate, campaigns, log }: AgreeOptions) => {
  const takeBack = createTakeBack({ gate, campaigns })

  const takeBackFrozen = async (id: string, part: string, nowMs: number): Promise<number | undefined> => {
    const kept = await takeBack(id, nowMs)
    if (kept === undefined) return undefined
    log.error(
      { campaignId: id, version: kept.version, part },
      'keeper: the campaign opened before its gate had a change, which was taken back',
    )
    return (await gate.apply(kept)).kind === 'applied' ? kept.version : undefined
  }

  return async (
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
      // safeguard: the keeper takes back what a gate that has opened refused
      if (applied.kind === 'frozen') return takeBackFrozen(id, applied.part, inspected.nowMs)
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
}
