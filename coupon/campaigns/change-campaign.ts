import { Failure, messageOf } from '../../platform/failure.ts'
import { withTimeout } from '../../platform/with-timeout.ts'
import type { Campaign } from '../campaign.ts'
import type { HaltGate } from '../gate/halt-gate.ts'
import type { CampaignSettings } from '../ledger/adopt-settings.ts'
import type { CampaignChange, ChangeOutcome, NoChange } from '../ledger/change-settings.ts'
import type { ChangeOrigin } from '../ledger/record-change.ts'
import { createBringToGate } from './bring-to-gate.ts'
import { createRecordHalt, type RecordHaltOptions } from './record-halt.ts'

/** What an operator can ask for. */
export type AskedChange =
  | { kind: 'pause' | 'resume' | 'close' }
  /** It may only grow: nobody who was promised a coupon loses it. */
  | { kind: 'raise-stock'; stock: number }

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
  gate: Pick<HaltGate, 'halt' | 'halted'>
  /** A pause waits so long for the ledger before it halts the gate. */
  pauseDeadlineMs: number
  newChangeId(): string
  /** The time of the gate. */
  gateNowMs(): number
}

const actions = {
  pause: 'paused',
  resume: 'resumed',
  close: 'closed',
  'raise-stock': 'stock-raised',
} as const satisfies Record<AskedChange['kind'], CampaignChange['action']>

const closedForGood = 'The campaign is closed, and stays so.'

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
  if (closed) return { refused: closedForGood }
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

type UnmadeChange = Omit<CampaignChange, 'change'>

/** What the ledger did, and whether a halt from before still keeps the gate closed. */
type Recorded = { outcome: ChangeOutcome; staysHalted: boolean }

export const createCampaignChanger = (options: CampaignChangerOptions): CampaignChanger => {
  const { campaigns, gate, log } = options
  const bring = createBringToGate(options)
  const recordHalt = createRecordHalt(options)

  /** A halt that the ledger does not have is an earlier change than this one. */
  const recordEarlierHalt = async (id: string): Promise<boolean> => {
    const halt = await gate.halted(id).catch(() => undefined)
    // safeguard: a halt is recorded before the next change
    if (halt !== undefined) return recordHalt(id, halt)
    return true
  }

  const record = async (id: string, asked: AskedChange, change: UnmadeChange): Promise<Recorded> => {
    const isLifted = await recordEarlierHalt(id)
    const outcome = await campaigns.change(id, {
      ...change,
      change: (campaign) => settingsAfter(campaign, asked, change.atMs),
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
    if (kind === 'closed') return { kind: 'refused', why: closedForGood }
    log.warn(
      { campaignId: id, version: campaign.version, ...origin, cause: messageOf(cause) },
      'the gate is halted without the ledger; the keeper records it',
    )
    return { kind: 'changed', campaign, recorded: false, applied: true }
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
      const isBrought = await bring(campaign)
      const applied = isBrought && !(staysHalted && campaign.state === 'open')
      return { kind: 'changed', campaign, recorded: true, applied }
    },
  }
}
