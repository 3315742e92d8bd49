import type { Campaign } from '../campaign.ts'
import type { KeeperGate } from '../gate/keeper-gate.ts'
import type { CampaignRepository } from '../ledger/campaigns.ts'
import { keepPromised } from './frozen-terms.ts'

export type TakeBackOptions = {
  gate: Pick<KeeperGate, 'settings'>
  campaigns: Pick<CampaignRepository, 'change'>
}

/**
 * Takes back what a gate that has opened refused. The next version of the campaign has what its gate
 * promises, and the rest of what was wanted. Returns that version; `undefined` when the gate cannot be read.
 * Once more changes nothing.
 */
export const createTakeBack =
  ({ gate, campaigns }: TakeBackOptions) =>
  async (id: string, nowMs: number): Promise<Campaign | undefined> => {
    const promised = await gate.settings(id)
    if (promised === undefined) return undefined
    const outcome = await campaigns.change(id, {
      ...{ action: 'taken-back', ifVersion: undefined, atMs: nowMs, origin: undefined },
      change: (campaign) => ({
        settings: { ...keepPromised(promised, campaign), state: campaign.state },
      }),
    })
    return outcome.kind === 'changed' || outcome.kind === 'unchanged' ? outcome.campaign : undefined
  }
