import { type Campaign, publicState } from '../../coupon/campaign.ts'
import type { Registry } from '../../coupon/campaigns/registry.ts'
import { type CampaignMoment, toCampaignJson } from '../contract/answers.ts'
import { soldOutSince } from '../live-moment.ts'

/** Writes a campaign as operators see it, with what its gate says now. */
export type OperatorsView = (campaign: Campaign) => Promise<ReturnType<typeof toCampaignJson>>

export const createOperatorsView = (registry: Registry): OperatorsView => {
  /** The state of the campaign at its gate now. A gate that cannot be read is `recovering`. */
  const momentOf = async (campaign: Campaign): Promise<CampaignMoment & { recovery: string | null }> => {
    if (campaign.retired !== undefined) {
      const { granted } = campaign.retired
      return { state: 'closed', stock: campaign.stock, granted, nowMs: registry.gateNowMs(), recovery: null }
    }
    const found = await registry.refresh(campaign.id, 0).catch(() => undefined)
    const nowMs = registry.gateNowMs()
    const view = found?.kind === 'live' ? found.campaign.view : undefined
    const granted = view?.granted ?? 0
    // The ledger may not know yet that the gate was halted.
    const operatorState = view?.isHalted === true && campaign.state === 'open' ? 'paused' : campaign.state
    const state =
      view?.armed === true ? publicState({ ...campaign, state: operatorState }, granted, nowMs) : 'recovering'
    const progress = found?.kind === 'recovering' ? found.progress : view?.progress
    const recovery = state === 'recovering' ? progress || 'waiting for a keeper' : null
    const soldOutAtMs = view && soldOutSince(state, view)
    return { state, stock: campaign.stock, granted, soldOutAtMs, nowMs, recovery }
  }

  return async (campaign) => toCampaignJson(campaign, await momentOf(campaign))
}
