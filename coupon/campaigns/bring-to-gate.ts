import { messageOf } from '../../platform/failure.ts'
import type { Logger } from '../../platform/log/logger.ts'
import type { Campaign } from '../campaign.ts'
import type { KeeperGate } from '../gate/keeper-gate.ts'
import type { Listing } from './listing.ts'

export type BringToGateOptions = {
  gate: Pick<KeeperGate, 'apply'>
  listing: Pick<Listing, 'put'>
  log: Logger
}

/**
 * Brings settings of the ledger to gate and list. Returns whether the gate has them, or newer ones. `frozen`
 * is the part that a gate which has opened refused.
 */
export type BringToGate = (campaign: Campaign) => Promise<boolean | { frozen: string }>

export const createBringToGate =
  ({ gate, listing, log }: BringToGateOptions): BringToGate =>
  async (campaign) => {
    const { id, version } = campaign
    if (campaign.retired !== undefined) return true
    try {
      const result = await gate.apply(campaign)
      if (result.kind === 'frozen') return { frozen: result.part }
      if (result.kind !== 'applied' && result.kind !== 'older') return false
      // Every process reads the gate again.
      await listing.put([{ id, version }])
      return true
    } catch (cause) {
      log.warn(
        { campaignId: id, version, cause: messageOf(cause) },
        'a change is recorded; the keeper brings it to the gate',
      )
      return false
    }
  }
