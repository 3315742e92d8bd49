import type { Logger } from '../../platform/log/logger.ts'
import { termsOf } from '../campaign.ts'
import type { Halt, HaltGate } from '../gate/halt-gate.ts'
import type { CampaignRepository } from '../ledger/campaigns.ts'
import type { CampaignChange } from '../ledger/change-settings.ts'
import { type BringToGateOptions, createBringToGate } from './bring-to-gate.ts'

export type RecordHaltOptions = BringToGateOptions & {
  campaigns: Pick<CampaignRepository, 'change'>
  gate: Pick<HaltGate, 'lift'>
  log: Logger
}

/** A halt as a change of the ledger. A campaign that was closed meanwhile stays closed. */
export const changeOfHalt = ({ id: changeId, atMs, ...origin }: Halt): CampaignChange => ({
  ...{ action: 'paused', ifVersion: undefined, atMs, origin, changeId },
  change: (campaign) => ({
    settings: { ...termsOf(campaign), state: campaign.state === 'open' ? 'paused' : campaign.state },
  }),
})

/**
 * Makes a version of a halt that only the gate knows: first the ledger, then the gate. At last the mark is
 * removed. Two that do it at once, and a repeat after any step, make one version. Returns whether the mark is
 * gone; a later try removes it. Rejects `unavailable` while the ledger does not answer.
 */
export type RecordHalt = (campaignId: string, halt: Halt) => Promise<boolean>

export const createRecordHalt = (options: RecordHaltOptions): RecordHalt => {
  const bring = createBringToGate(options)
  return async (campaignId, halt) => {
    const outcome = await options.campaigns.change(campaignId, changeOfHalt(halt))
    if (outcome.kind !== 'changed' && outcome.kind !== 'unchanged') return false
    const { campaign } = outcome
    if (outcome.kind === 'changed')
      options.log.warn({ campaignId, version: campaign.version, ...halt }, 'a halt of the gate is recorded')
    return (await bring(campaign)) === true && options.gate.lift(campaignId, halt.id, campaign.version)
  }
}
