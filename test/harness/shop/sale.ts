import type { Campaign } from '../../../coupon/campaign.ts'
import type { Gate } from '../../../coupon/gate/gate.ts'
import type { Grant } from '../../../coupon/grant.ts'
import type { IssueAnswer, Issuer } from '../../../coupon/issue/issuer.ts'
import type { CampaignRepository } from '../../../coupon/ledger/campaigns.ts'
import type { CouponOutcome, CouponReader } from '../../../coupon/reading/coupon-reader.ts'
import { Failure } from '../../../platform/failure.ts'
import { newUser } from '../processes/http-client.ts'
import { grantRequests } from '../values/armed-gate.ts'
import { until } from '../values/until.ts'

/** One campaign of a shop. */
export type Sale = {
  readonly id: string
  readonly campaign: Campaign
  readonly stock: number
  /** Presses the button once. */
  press(userId?: string, slot?: number): Promise<IssueAnswer>
  /** Presses as a page does: again while the answer is that nothing is known. */
  answer(userId?: string, slot?: number): Promise<IssueAnswer>
  /** Lets so many new users win; each was told yes. */
  win(count: number): Promise<Grant[]>
  /** What an API process leaves that is killed between deciding and appending: nobody was told anything. */
  decideAlone(count: number): Promise<Grant[]>
  outcome(userId: string): Promise<CouponOutcome>
  /** The campaign's epoch in the ledger. */
  epoch(): Promise<number>
}

type SaleParts = { gate: Gate; issuer: Issuer; coupons: CouponReader; campaigns: CampaignRepository }

const isUnknown = (cause: unknown): boolean =>
  cause instanceof Failure && (cause.code === 'recovering' || cause.code === 'unavailable')

export const createSale = ({ gate, issuer, coupons, campaigns }: SaleParts, campaign: Campaign): Sale => {
  const { id, stock } = campaign
  const press = (userId = newUser(), slot = 1): Promise<IssueAnswer> => issuer.issue(id, userId, slot)
  const answer = (userId = newUser(), slot = 1): Promise<IssueAnswer> =>
    until('an answer', () =>
      press(userId, slot).catch((cause: unknown) => {
        if (isUnknown(cause)) return undefined
        throw cause
      }),
    )
  return {
    ...{ id, campaign, stock, press, answer },
    async win(count) {
      const winOne = async (userId: string): Promise<Grant> => {
        // On a slow machine the log may take longer than the publish deadline.
        const won = await until(`${userId} has a final answer`, async () => {
          const told = await answer(userId)
          return told.kind !== 'confirming' && told
        })
        if (won.kind !== 'granted' && won.kind !== 'already') throw new Error(`not won: ${won.kind}`)
        return won.grant
      }
      return Promise.all(Array.from({ length: count }, () => winOne(newUser())))
    },
    async decideAlone(count) {
      const decided = await gate.decide(id, (await campaigns.read(id))?.epoch ?? 0, grantRequests(count))
      if (decided.kind !== 'decided' || decided.entry?.grants.length !== count)
        throw new Error(`not decided: ${JSON.stringify(decided)}`)
      return decided.entry.grants
    },
    outcome: (userId) => coupons.outcome(id, userId),
    epoch: async () => (await campaigns.read(id))?.epoch ?? 0,
  }
}
