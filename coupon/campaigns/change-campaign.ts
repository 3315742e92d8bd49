import { messageOf } from '../../platform/failure.ts'
import type { Logger } from '../../platform/log/logger.ts'
import type { Campaign } from '../campaign.ts'
import type { KeeperGate } from '../gate/keeper-gate.ts'
import type { CampaignSettings } from '../ledger/adopt-settings.ts'
import type { CampaignRepository } from '../ledger/campaigns.ts'
import type { CampaignChange, NoChange } from '../ledger/change-settings.ts'
import type { ChangeOrigin } from '../ledger/record-change.ts'
import type { Listing } from './listing.ts'

/** What an operator can ask for. */
export type AskedChange =
  | { kind: 'pause' | 'resume' | 'close' }
  /** It may only grow: nobody who was promised a coupon loses it. */
  | { kind: 'raise-stock'; stock: number }

/**
 * `applied`: the gate has the version of the ledger, and decides by no older one from now on. Else the keeper
 * brings it.
 */
export type CampaignChanged = { kind: 'changed'; campaign: Campaign; applied: boolean } | NoChange

/** Changes campaigns: first the ledger, then the gate, then the list. */
export type CampaignChanger = {
  /** Rejects `unavailable` while the ledger does not answer: the change may have been recorded. */
  change(
    id: string,
    asked: AskedChange,
    options: { ifVersion: number | undefined; origin: ChangeOrigin },
  ): Promise<CampaignChanged>
}

export type CampaignChangerOptions = {
  campaigns: Pick<CampaignRepository, 'change'>
  gate: Pick<KeeperGate, 'apply'>
  listing: Pick<Listing, 'put'>
  log: Logger
  /** The time of the gate. */
  gateNowMs(): number
}

const actions = {
  pause: 'paused',
  resume: 'resumed',
  close: 'closed',
  'raise-stock': 'stock-raised',
} as const satisfies Record<AskedChange['kind'], CampaignChange['action']>

const isClosed = ({ state, closesAtMs, retired }: Campaign, nowMs: number): boolean =>
  state === 'closed' || retired !== undefined || nowMs >= closesAtMs

/** The settings that the change leads to, or why it cannot be made. */
const settingsAfter = (
  campaign: Campaign,
  asked: AskedChange,
  nowMs: number,
): { settings: Omit<CampaignSettings, 'version'> } | { refused: string } => {
  const { name, state, stock, opensAtMs, closesAtMs, perUserLimit, coupon } = campaign
  const settings = { name, state, stock, opensAtMs, closesAtMs, perUserLimit, coupon }
  const closed = isClosed(campaign, nowMs)
  if (asked.kind === 'close')
    // The gate of a campaign that was closed early can be retired as early.
    return closed
      ? { settings }
      : { settings: { ...settings, state: 'closed', closesAtMs: Math.max(opensAtMs + 1, nowMs) } }
  if (closed) return { refused: 'The campaign is closed, and stays so.' }
  switch (asked.kind) {
    case 'pause':
      return { settings: { ...settings, state: 'paused' } }
    case 'resume':
      return { settings: { ...settings, state: 'open' } }
    case 'raise-stock':
      return asked.stock < stock
        ? { refused: `The stock is ${stock} and can only be raised: coupons may be promised already.` }
        : { settings: { ...settings, stock: asked.stock } }
  }
}

export const createCampaignChanger = (options: CampaignChangerOptions): CampaignChanger => {
  const { campaigns, gate, listing, log } = options

  /** Whether the gate has this version, or a higher one. */
  const bring = async (campaign: Campaign): Promise<boolean> => {
    if (campaign.retired !== undefined) return true
    try {
      const { kind } = await gate.apply(campaign)
      if (kind !== 'applied' && kind !== 'older') return false
      // Every process reads the gate again.
      await listing.put([{ id: campaign.id, version: campaign.version }])
      return true
    } catch (cause) {
      log.warn(
        { campaignId: campaign.id, version: campaign.version, cause: messageOf(cause) },
        'a change is recorded; the keeper brings it to the gate',
      )
      return false
    }
  }

  return {
    async change(id, asked, { ifVersion, origin }) {
      const nowMs = options.gateNowMs()
      const outcome = await campaigns.change(id, {
        ...{ action: actions[asked.kind], ifVersion, atMs: nowMs, origin },
        change: (campaign) => settingsAfter(campaign, asked, nowMs),
      })
      if (outcome.kind !== 'changed' && outcome.kind !== 'unchanged') return outcome
      const { campaign } = outcome
      // Also when nothing changed: an answer that was lost is repeated, and the gate may have missed it.
      return { kind: 'changed', campaign, applied: await bring(campaign) }
    },
  }
}
