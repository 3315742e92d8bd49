import { isDeepStrictEqual } from 'node:util'
import { Failure, messageOf } from '../../platform/failure.ts'
import { withTimeout } from '../../platform/with-timeout.ts'
import { type Campaign, type CampaignTerms, termsOf } from '../campaign.ts'
import type { HaltGate } from '../gate/halt-gate.ts'
import type { KeeperGate } from '../gate/keeper-gate.ts'
import type { CampaignSettings } from '../ledger/adopt-settings.ts'
import type { CampaignChange, ChangeOutcome, NoChange, RefusedChange } from '../ledger/change-settings.ts'
import type { ChangeOrigin } from '../ledger/record-change.ts'
import { rehearsedCampaign } from '../rehearsal-rule.ts'
import { createBringToGate } from './bring-to-gate.ts'
import { type CampaignEdit, editTerms } from './edit-terms.ts'
import { findFrozen } from './frozen-terms.ts'
import { createRecordHalt, type RecordHaltOptions } from './record-halt.ts'
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
 * brings it. Without `recorded` only the gate has the change: it is halted, and the keeper records that.
 */
export type CampaignChanged =
  | { kind: 'changed'; campaign: Campaign; recorded: boolean; applied: boolean }
  | NoChange

/**
 * Changes campaigns: first the ledger, then the gate, then the list. A pause needs no ledger: when that does
 * not answer in time, the gate is halted.
 */
export type CampaignChanger = {
  /** Rejects `unavailable` when the ledger does not answer: the change may have been recorded. */
  change(
    id: string,
    asked: AskedChange,
    options: { ifVersion: number | undefined; origin: ChangeOrigin },
  ): Promise<CampaignChanged>
}

export type CampaignChangerOptions = RecordHaltOptions & {
  gate: Pick<HaltGate, 'halt' | 'halted'> & Pick<KeeperGate, 'settings'>
  /** A pause waits so long for the ledger before it halts the gate. */
  pauseDeadlineMs: number
  newChangeId(): string
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

const closedForGood = 'The campaign is closed, and stays so.'
/** Its coupons could be made usable by an edit, and its end put off. */
const notEdited = 'A rehearsal cannot be edited. Edit the campaign, and rehearse it again.'

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
  if (asked.kind === 'close') {
    if (state === 'closed' || campaign.retired !== undefined) return { settings }
    // The gate of a campaign that was closed early can be retired as early. One that is over is closed too: a
    // clock that went ahead comes back, and then it would be open again.
    const closesAtMs = Math.min(campaign.closesAtMs, Math.max(opensAtMs + 1, moment.nowMs))
    return { settings: { ...settings, state: 'closed', closesAtMs } }
  }
  if (closed) return { refused: closedForGood }
  // safeguard: a rehearsal cannot be edited
  if (asked.kind === 'edit' && rehearsedCampaign(campaign) !== undefined) return { refused: notEdited }
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

type UnmadeChange = Omit<CampaignChange, 'change' | 'origin' | 'changeId'> & {
  origin: ChangeOrigin
  changeId: string
}

/** What the ledger did, and whether a halt from before still keeps the gate closed. */
type Recorded = { outcome: ChangeOutcome; staysHalted: boolean }

/** Whether a campaign is what the change asked for, after something of it was taken back. */
const isAsAsked = (campaign: Campaign, asked: AskedChange): boolean =>
  asked.kind !== 'edit' || isDeepStrictEqual(editTerms(campaign, asked.edit), termsOf(campaign))

export const createCampaignChanger = (options: CampaignChangerOptions): CampaignChanger => {
  const { campaigns, gate, log } = options
  const bring = createBringToGate(options)
  const recordHalt = createRecordHalt(options)
  const takeBack = createTakeBack({ gate, campaigns })

  /** A halt that the ledger does not have is an earlier change than this one. */
  const recordEarlierHalt = async (id: string): Promise<boolean> => {
    const halt = await gate.halted(id).catch(() => undefined)
    // safeguard: a halt is recorded before the next change
    if (halt !== undefined) return recordHalt(id, halt)
    return true
  }

  const record = async (id: string, asked: AskedChange, change: UnmadeChange): Promise<Recorded> => {
    const isLifted = await recordEarlierHalt(id)
    const moment = { nowMs: change.atMs, marginMs: options.openingMarginMs }
    const outcome = await campaigns.change(id, {
      ...change,
      change: (campaign) => settingsAfter(campaign, asked, moment),
    })
    return { outcome, staysHalted: !isLifted }
  }

  /** The ledger may have the pause, and did not say so. Its id keeps it from becoming two versions. */
  const halt = async (
    id: string,
    { changeId, ifVersion, origin }: UnmadeChange,
    cause: Failure,
  ): Promise<CampaignChanged> => {
    const halted = await gate.halt(id, { id: changeId, ifVersion, ...origin })
    if (halted.kind === 'lost') throw cause
    const { kind, campaign } = halted
    if (kind === 'version') return { kind, campaign }
    if (kind === 'closed') return { kind: 'refused', why: closedForGood, faults: [] }
    log.warn(
      { campaignId: id, version: campaign.version, ...origin, cause: messageOf(cause) },
      'the gate is halted without the ledger; the keeper records it',
    )
    return { kind: 'changed', campaign, recorded: false, applied: true }
  }

  /** The campaign opened between ledger and gate, with what it promised before. */
  const takeBackFrozen = async (
    campaign: Campaign,
    asked: AskedChange,
    frozen: string,
    nowMs: number,
  ): Promise<CampaignChanged> => {
    const kept = await takeBack(campaign.id, nowMs)
    if (kept === undefined) return { kind: 'changed', campaign, recorded: true, applied: false }
    log.warn({ campaignId: kept.id, version: kept.version, part: frozen }, 'a change was taken back')
    const applied = (await bring(kept)) === true
    if (isAsAsked(kept, asked)) return { kind: 'changed', campaign: kept, recorded: true, applied }
    return {
      kind: 'refused',
      why: 'The campaign opened before its gate had the change, so it was taken back.',
      faults: [{ pointer: `/${frozen.replace('.', '/')}`, message: 'frozen: the campaign has opened' }],
    }
  }

  return {
    async change(id, asked, { ifVersion, origin }) {
      const change = {
        ...{ action: actions[asked.kind], ifVersion, origin },
        atMs: options.gateNowMs(),
        changeId: options.newChangeId(),
      }
      const recording = record(id, asked, change)
      let recorded: Recorded
      try {
        recorded =
          asked.kind === 'pause'
            ? await withTimeout(recording, options.pauseDeadlineMs, 'ledger: no answer')
            : await recording
      } catch (cause) {
        // safeguard: a pause needs no ledger
        if (asked.kind === 'pause' && cause instanceof Failure && cause.code === 'unavailable')
          return halt(id, change, cause)
        throw cause
      }
      const { outcome, staysHalted } = recorded
      if (outcome.kind !== 'changed' && outcome.kind !== 'unchanged') return outcome
      const { campaign } = outcome
      // Also when nothing changed: an answer that was lost is repeated, and the gate may have missed it.
      const brought = await bring(campaign)
      if (typeof brought !== 'boolean') return takeBackFrozen(campaign, asked, brought.frozen, change.atMs)
      const applied = brought && !(staysHalted && campaign.state === 'open')
      return { kind: 'changed', campaign, recorded: true, applied }
    },
  }
}
