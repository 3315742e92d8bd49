import { Failure } from '../../platform/failure.ts'
import { createBound, createGroupCommit, type GroupCommit } from '../../platform/group-commit.ts'
import type { LiveCampaign, Registry } from '../campaigns/registry.ts'
import type { Gate, LookResult } from '../gate/gate.ts'
import type { Holder } from '../gate/packed-grant.ts'
import { type Grant, slotMax } from '../grant.ts'

export type HeldCoupon = { grant: Grant; confirmed: boolean }

/**
 * The coupons that live gates have for a user. Users who ask a gate while it answers go out together in the
 * next call.
 */
export type HeldCoupons = {
  /** The coupons in one gate. Rejects `recovering` or `unavailable` when it does not answer. */
  inGate(campaign: LiveCampaign, userId: string): Promise<HeldCoupon[]>
  /** The coupons in all live gates. Incomplete when a gate or the list of campaigns cannot be read. */
  anywhere(userId: string): Promise<{ held: HeldCoupon[]; complete: boolean }>
}

const usersInOneLookMax = 25
const usersWaitingMax = 20_000
const slots = Array.from({ length: slotMax }, (_, index) => index + 1)

export const createHeldCoupons = (gate: Gate, registry: Registry): HeldCoupons => {
  const queues = new Map<string, GroupCommit<string, HeldCoupon[]>>()
  const bound = createBound(usersWaitingMax)

  const look = async (campaignId: string, holders: Holder[]): Promise<LookResult> => {
    const epoch = registry.known(campaignId)?.view.epoch ?? 0
    const looked = await gate.look(campaignId, epoch, holders)
    if (looked.kind !== 'epoch') return looked
    const found = await registry.refresh(campaignId, 0)
    return found.kind === 'live' ? gate.look(campaignId, found.campaign.view.epoch, holders) : looked
  }

  /** The coupons that the gate has for each of the users. */
  const lookForUsers = async (campaignId: string, users: readonly string[]): Promise<HeldCoupon[][]> => {
    const holders = users.flatMap((userId) => slots.map((slot) => ({ userId, slot })))
    const looked = await look(campaignId, holders)
    if (looked.kind !== 'looked') throw new Failure('recovering', `the gate of ${campaignId} is not in order`)
    return users.map((_, index) =>
      looked.found.slice(index * slotMax, (index + 1) * slotMax).filter((held) => held !== undefined),
    )
  }

  const queueOf = (campaignId: string): GroupCommit<string, HeldCoupon[]> => {
    const present = queues.get(campaignId)
    if (present !== undefined) return present
    const queue = createGroupCommit<string, HeldCoupon[]>({
      batchSizeMax: usersInOneLookMax,
      inFlightMax: 2,
      bound,
      run: (users) => lookForUsers(campaignId, users),
    })
    for (const id of queues.keys()) if (registry.known(id) === undefined) queues.delete(id)
    queues.set(campaignId, queue)
    return queue
  }

  const inGate: HeldCoupons['inGate'] = ({ id }, userId) => queueOf(id).submit(userId)

  const anywhere: HeldCoupons['anywhere'] = async (userId) => {
    const isCurrent = await registry.refreshList()
    const answers = await Promise.allSettled(registry.live().map((campaign) => inGate(campaign, userId)))
    return {
      held: answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : [])),
      // safeguard: a list without a gate is incomplete
      // safeguard: a list without the list of campaigns is incomplete
      complete: isCurrent && answers.every(({ status }) => status === 'fulfilled'),
    }
  }

  return { inGate, anywhere }
}
