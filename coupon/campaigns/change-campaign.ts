import { isDeepStrictEqual } from 'node:util'
import { messageOf } from '../../platform/failure.ts'
import type { Logger } from '../../platform/log/logger.ts'
import { type Campaign, type CampaignTerms, termsOf } from '../campaign.ts'
import type { KeeperGate } from '../gate/keeper-gate.ts'
import type { CampaignSettings } from '../ledger/adopt-settings.ts'
import type { CampaignRepository } from '../ledger/campaigns.ts'
import type { CampaignChange, NoChange, RefusedChange } from '../ledger/change-settings.ts'
import type { ChangeOrigin } from '../ledger/record-change.ts'
import { type CampaignEdit, editTerms } from './edit-terms.ts'
import { findFrozen } from './frozen-terms.ts'
import type { Listing } from './listing.ts'
import { createTakeBack } from './take-back.ts'
import { findContradictions, findPointlessTimes } from './terms-rules.ts'

/** What an operator can ask for. */
export type AskedChange =
  | { kind: 'pause' | 'resume' | 'close' }
  /** It may only grow: nobody who was promised a coupon loses it. */
  | { kind: 'raise-stock'; stock: number }
  | { kind: 'edit'; edit: CampaignEdit }

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
  gate: Pick<KeeperGate, 'apply' | 'settings'>
  listing: Pick<Listing, 'put'>
  log: Logger
  /**
   * For so long before the opening the terms of coupons are frozen: longer than any process answers from
   * older memory.
   */
  openingMarginMs: number
  /** The time of the gate. */
  gateNowMs(): number
}

const actions = {
  pause: 'paused',
  resume: 'resumed',
  close: 'closed',
  'raise-stock': 'stock-raised',
  edit: 'edited',
} as const satisfies Record<AskedChange['kind'], CampaignChange['action']>

const isClosed = ({ state, closesAtMs, retired }: Campaign, nowMs: number): boolean =>
  state === 'closed' || retired !== undefined || nowMs >= closesAtMs

type Moment = { nowMs: number; marginMs: number }

const timesOf = ({ opensAtMs, closesAtMs, coupon: { usableFromMs, usableUntilMs } }: CampaignTerms) => [
  ...[opensAtMs, closesAtMs, usableFromMs, usableUntilMs],
]

type SettingsAfter = { settings: Omit<CampaignSettings, 'version'> } | RefusedChange

const settingsAfterEdit = (campaign: Campaign, edit: CampaignEdit, moment: Moment): SettingsAfter => {
  const before = termsOf(campaign)
  const after = editTerms(before, edit)
  const faults = findFrozen(before, after, moment)
  if (faults.length > 0)
    return { refused: faults.map(({ pointer, message }) => `${pointer}: ${message}`).join('; '), faults }
  // Times that stay are not judged again: the clock goes on.
  const isSameTimes = isDeepStrictEqual(timesOf(before), timesOf(after))
  const invalid = isSameTimes
    ? []
    : [...findContradictions(after), ...findPointlessTimes(after, moment.nowMs)]
  return invalid.length > 0 ? { invalid } : { settings: { ...after, state: campaign.state } }
}

/** The settings that the change leads to, or why it cannot be made. */
const settingsAfter = (campaign: Campaign, asked: AskedChange, moment: Moment): SettingsAfter => {
  const { state, stock, opensAtMs } = campaign
  const settings = { ...termsOf(campaign), state }
  const closed = isClosed(campaign, moment.nowMs)
  if (asked.kind === 'close')
    // The gate of a campaign that was closed early can be retired as early.
    return closed
      ? { settings }
      : { settings: { ...settings, state: 'closed', closesAtMs: Math.max(opensAtMs + 1, moment.nowMs) } }
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
    case 'edit':
      return settingsAfterEdit(campaign, asked.edit, moment)
  }
}

/** Whether a campaign is what the change asked for, after something of it was taken back. */
const isAsAsked = (campaign: Campaign, asked: AskedChange): boolean =>
  asked.kind !== 'edit' || isDeepStrictEqual(editTerms(campaign, asked.edit), termsOf(campaign))

export const createCampaignChanger = (options: CampaignChangerOptions): CampaignChanger => {
  const { campaigns, gate, listing, log } = options
  const takeBack = createTakeBack({ gate, campaigns })

  /** Whether the gate has this version, or a higher one. `frozen`: the part that it refused. */
  const bring = async (campaign: Campaign): Promise<boolean | { frozen: string }> => {
    if (campaign.retired !== undefined) return true
    try {
      const result = await gate.apply(campaign)
      if (result.kind === 'frozen') return { frozen: result.part }
      if (result.kind !== 'applied' && result.kind !== 'older') return false
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

  /** The campaign opened between ledger and gate, with what it promised before. */
  const takeBackFrozen = async (
    campaign: Campaign,
    asked: AskedChange,
    frozen: string,
    nowMs: number,
  ): Promise<CampaignChanged> => {
    const kept = await takeBack(campaign.id, nowMs)
    if (kept === undefined) return { kind: 'changed', campaign, applied: false }
    log.warn({ campaignId: kept.id, version: kept.version, part: frozen }, 'a change was taken back')
    const applied = (await bring(kept)) === true
    if (isAsAsked(kept, asked)) return { kind: 'changed', campaign: kept, applied }
    return {
      kind: 'refused',
      why: 'The campaign opened before its gate had the change, so it was taken back.',
      faults: [{ pointer: `/${frozen.replace('.', '/')}`, message: 'frozen: the campaign has opened' }],
    }
  }

  return {
    async change(id, asked, { ifVersion, origin }) {
      const nowMs = options.gateNowMs()
      const moment = { nowMs, marginMs: options.openingMarginMs }
      const outcome = await campaigns.change(id, {
        ...{ action: actions[asked.kind], ifVersion, atMs: nowMs, origin },
        change: (campaign) => settingsAfter(campaign, asked, moment),
      })
      if (outcome.kind !== 'changed' && outcome.kind !== 'unchanged') return outcome
      const { campaign } = outcome
      // Also when nothing changed: an answer that was lost is repeated, and the gate may have missed it.
      const brought = await bring(campaign)
      if (typeof brought === 'boolean') return { kind: 'changed', campaign, applied: brought }
      return takeBackFrozen(campaign, asked, brought.frozen, nowMs)
    },
  }
}
