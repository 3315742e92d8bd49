import { messageOf } from '../../platform/failure.ts'
import type { Producer } from '../../platform/kafka/producer.ts'
import type { Logger } from '../../platform/log/logger.ts'
import type { Campaign } from '../campaign.ts'
import type { Gate } from '../gate/gate.ts'
import type { KeeperGate } from '../gate/keeper-gate.ts'
import type { Grant } from '../grant.ts'
import type { CouponRepository } from '../ledger/coupons.ts'
import type { LogEnds } from '../log/log-ends.ts'
import { encodeGrant } from '../log/log-record.ts'
import { grantsTopic } from '../log/topics.ts'

/**
 * A slow search for grants that only the gate's winners have, and neither outbox, log nor ledger. The
 * protocol leaves none; an outbox that was edited by hand would. Found grants are appended to the log: their
 * owners got "pending" or a yes.
 */
export type Sweep = {
  /**
   * Examines the next few winners of one of the campaigns. Never rejects. Returns how many grants it appended
   * to the log.
   */
  step(campaigns: readonly Campaign[]): Promise<number>
}

export type SweepOptions = {
  keeperGate: KeeperGate
  gate: Gate
  coupons: CouponRepository
  logEnds: LogEnds
  producer: Producer
  log: Logger
  /** Younger grants may still be in flight. */
  ageMs: number
  /**
   * How long to wait for the ledger; while it is further behind, it proves nothing, and the step is repeated
   * later.
   */
  ledgerWaitMs: number
}

const winnersInOneStep = 500
/** Unreadable winners that are remembered as reported. */
const reportedMax = 10_000

export const createSweep = (options: SweepOptions): Sweep => {
  const { keeperGate, gate, coupons, log } = options
  let next = { campaignId: '', cursor: '0' }
  const reported = new Set<string>()

  /** Says once, and to no end of memory, that a gate holds values that are no grants. */
  const report = (campaignId: string, unreadable: readonly string[]): void => {
    const isNew = unreadable.some((field) => !reported.has(`${campaignId} ${field}`))
    if (!isNew) return
    if (reported.size > reportedMax) reported.clear()
    for (const field of unreadable) reported.add(`${campaignId} ${field}`)
    log.error(
      { campaignId, values: unreadable.length },
      'sweep: a gate holds winners that cannot be read; they are passed over',
    )
  }

  /** Stays with a campaign until its end, then takes the next one. */
  const campaignOf = (campaigns: readonly Campaign[]): Campaign | undefined => {
    if (next.cursor !== '0') return campaigns.find(({ id }) => id === next.campaignId) ?? campaigns[0]
    const index = campaigns.findIndex(({ id }) => id === next.campaignId)
    return campaigns[(index + 1) % Math.max(1, campaigns.length)]
  }

  const withoutRow = async (grants: readonly Grant[]): Promise<Grant[]> => {
    const stored = await coupons.stored(grants.map(({ couponId }) => couponId))
    return grants.filter(({ couponId }) => !stored.has(couponId))
  }

  /** Without the grants that wait in the outbox: the keeper relays those. */
  const notPending = async (campaign: Campaign, grants: readonly Grant[]): Promise<Grant[]> => {
    const looked = await gate.look(campaign.id, campaign.epoch, grants)
    if (looked.kind !== 'looked') return []
    return looked.found.flatMap((found) => (found?.confirmed === true ? [found.grant] : []))
  }

  const search = async (campaign: Campaign): Promise<number> => {
    const cursor = next.campaignId === campaign.id ? next.cursor : '0'
    const page = await keeperGate.winners(campaign.id, campaign.epoch, cursor, winnersInOneStep)
    report(campaign.id, page.unreadable)
    const old = page.grants.filter(
      // One from the future was granted before the clock went back.
      ({ grantedAtMs }) => grantedAtMs < page.nowMs - options.ageMs || grantedAtMs > page.nowMs,
    )
    let lost = old.length === 0 ? [] : await withoutRow(old)
    if (lost.length > 0) lost = await notPending(campaign, lost)
    if (lost.length > 0) {
      const ends = await options.logEnds.mark('sweep')
      if (!(await options.logEnds.waitForLedgerWithin(ends, options.ledgerWaitMs))) return 0
      lost = await withoutRow(lost)
    }
    if (lost.length > 0) {
      log.error(
        { campaignId: campaign.id, grants: lost.length },
        'sweep: only the gate had these grants; appending them to the log',
      )
      const records = lost.map((grant) => ({ value: encodeGrant(grant) }))
      await options.producer.append(grantsTopic, 0, records)
    }
    next = { campaignId: campaign.id, cursor: page.cursor }
    return lost.length
  }

  return {
    async step(campaigns) {
      const campaign = campaignOf(campaigns)
      if (campaign === undefined || campaign.epoch === 0) {
        next = { campaignId: campaign?.id ?? '', cursor: '0' }
        return 0
      }
      try {
        return await search(campaign)
      } catch (cause) {
        log.debug({ campaignId: campaign.id, cause: messageOf(cause) }, 'sweep: failed, trying again later')
        return 0
      }
    },
  }
}
