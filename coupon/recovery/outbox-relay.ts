import { messageOf } from '../../platform/failure.ts'
import type { Logger } from '../../platform/log/logger.ts'
import type { InspectResult, KeeperGate } from '../gate/keeper-gate.ts'
import type { OutboxEntry } from '../gate/outbox-entry.ts'
import type { GrantLog } from '../log/grant-log.ts'

/** Appends overdue outbox entries to the log and confirms them. Two relays of one entry are harmless. */
export type OutboxRelay = {
  /** Inspects a gate, with some of its overdue entries. */
  inspect(campaignId: string, epoch: number): Promise<InspectResult>
  /**
   * Relays these entries, and goes on at once while there are more and the log confirms all of them. Does
   * nothing while the outbox of this campaign is being relayed.
   */
  drain(campaignId: string, epoch: number, overdue: readonly OutboxEntry[]): void
  /** Inspects and relays a gate whose epoch this process may not know. */
  relay(campaignId: string, epochKnown: number): Promise<void>
}

export type OutboxRelayOptions = {
  gate: Pick<KeeperGate, 'inspect'>
  grantLog: Pick<GrantLog, 'append'>
  /** Age from which an entry is overdue. */
  overdueMs: number
  log: Logger
}

/** Entries of one gate that are relayed per inspection. */
const entriesInOneInspectionMax = 100

export const createOutboxRelay = ({ gate, grantLog, overdueMs, log }: OutboxRelayOptions): OutboxRelay => {
  const draining = new Set<string>()

  const inspect: OutboxRelay['inspect'] = (id, epoch) =>
    gate.inspect(id, epoch, overdueMs, entriesInOneInspectionMax)

  const drainAll = async (id: string, epoch: number, overdue: readonly OutboxEntry[]): Promise<void> => {
    draining.add(id)
    try {
      let entries = overdue
      while (entries.length > 0) {
        const outcomes = await Promise.all(entries.map((entry) => grantLog.append(entry)))
        const confirmed = outcomes.filter((outcome) => outcome === 'confirmed').length
        log.info({ campaignId: id, entries: entries.length, confirmed }, 'keeper: relayed overdue entries')
        if (confirmed < entriesInOneInspectionMax) return
        const inspected = await inspect(id, epoch)
        entries = inspected.kind === 'in-order' ? inspected.overdue : []
      }
    } catch (cause) {
      log.debug(
        { campaignId: id, cause: messageOf(cause) },
        'keeper: relaying continues at the next inspection',
      )
    } finally {
      draining.delete(id)
    }
  }

  const drain: OutboxRelay['drain'] = (id, ...entries) => {
    if (!draining.has(id)) void drainAll(id, ...entries)
  }

  return {
    inspect,
    drain,
    async relay(id, epochKnown) {
      let epoch = epochKnown
      let inspected = await inspect(id, epoch)
      if (inspected.kind === 'epoch') {
        epoch = inspected.epoch
        inspected = await inspect(id, epoch)
      }
      if (inspected.kind === 'in-order') drain(id, epoch, inspected.overdue)
    },
  }
}
