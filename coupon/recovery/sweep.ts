import { messageOf } from '../../platform/failure.ts'
import type { Producer } from '../../platform/kafka/producer.ts'
import type { Logger } from '../../platform/log/logger.ts'
import type { Campaign } from '../campaign.ts'
import type { KeeperGate } from '../gate/keeper-gate.ts'
import type { Gate } from '../gate/gate.ts'
import type { Grant } from '../grant.ts'
import type { CouponRepository } from '../ledger/coupons.ts'
import type { LogEnds } from '../log/log-ends.ts'
import { encodeGrant } from '../log/log-record.ts'
import { grantsTopic } from '../log/topics.ts'

/**
 * The slow search for a grant that gate winners have and neither outbox, log nor ledger has. The protocol leaves none; an outbox
 * that was edited by hand would. What is found goes into the log: its owner was told "pending" or "yes".
 */
export type Sweep = {
  /** Looks at the next few winners of one of the campaigns. Never rejects. Returns how many grants it put into the log. */
  step(campaigns: readonly Campaign[]): Promise<number>
}

export type SweepOptions = {
  keeperGate: KeeperGate
  gate: Gate
  coupons: CouponRepository
  logEnds: LogEnds
  producer: Producer
  log: Logger
  /** Younger grants are on their way. */
  ageMs: number
  /** A ledger that is further behind is no proof of anything; the step is tried again later. */
  ledgerWaitMs: number
}

const winnersInOneStep = 500

export const createSweep = (options: SweepOptions): Sweep => {
  const { keeperGate: arming, gate, coupons, log } = options
  let place = { campaignId: '', cursor: '0' }

  /** Goes on in the campaign it was in, and to the next one after its end. */
  const campaignOf = (campaigns: readonly Campaign[]): Campaign | undefined => {
    if (place.cursor !== '0') return campaigns.find(({ id }) => id === place.campaignId) ?? campaigns[0]
    const index = campaigns.findIndex(({ id }) => id === place.campaignId)
    return campaigns[(index + 1) % Math.max(1, campaigns.length)]
  }

  const withoutRow = async (grants: readonly Grant[]): Promise<Grant[]> => {
    const stored = await coupons.stored(grants.map(({ couponId }) => couponId))
    return grants.filter(({ couponId }) => !stored.has(couponId))
  }

  /** A grant that still waits in the outbox is the relay's. */
  const notPending = async (campaign: Campaign, grants: readonly Grant[]): Promise<Grant[]> => {
    const looked = await gate.look(campaign.id, campaign.epoch, grants)
    if (looked.kind !== 'looked') return []
    return looked.found.flatMap((found) => (found?.confirmed === true ? [found.grant] : []))
  }

  const search = async (campaign: Campaign): Promise<number> => {
    const cursor = place.campaignId === campaign.id ? place.cursor : '0'
    const page = await arming.winners(campaign.id, campaign.epoch, cursor, winnersInOneStep)
    const old = page.grants.filter(({ grantedAtMs }) => grantedAtMs < page.nowMs - options.ageMs)
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
        'grants were in the gate alone; they go into the log',
      )
      await options.producer.append(
        grantsTopic,
        0,
        lost.map((grant) => ({ value: encodeGrant(grant) })),
      )
    }
    place = { campaignId: campaign.id, cursor: page.cursor }
    return lost.length
  }

  return {
    async step(campaigns) {
      const campaign = campaignOf(campaigns)
      if (campaign === undefined || campaign.epoch === 0) {
        place = { campaignId: campaign?.id ?? '', cursor: '0' }
        return 0
      }
      try {
        return await search(campaign)
      } catch (cause) {
        log.debug({ campaignId: campaign.id, cause: messageOf(cause) }, 'the sweep goes on later')
        return 0
      }
    },
  }
}
