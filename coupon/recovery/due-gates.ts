import type { Campaign } from '../campaign.ts'
import type { ListedVersion } from '../gate/campaign-list.ts'

/** What Redis held just before a look. `lost`: the list has to be written whole. */
export type RedisLook = {
  listed: ReadonlyMap<string, ListedVersion> | 'lost' | 'silent'
  /** Campaigns with grants that may not be in the ledger; `undefined` when that is unknown. */
  noted: ReadonlySet<string> | undefined
  fence: string | undefined
}

/** Whether a gate in order has to be put on the list. */
export const isUnlisted = (listed: RedisLook['listed'], id: string, version: number): boolean => {
  if (typeof listed === 'string') return false
  const there = listed.get(id) ?? 0
  return there !== 'retired' && there < version
}

/**
 * Which gates a look inspects, so that thousands of quiet campaigns cost little. All of them after a start,
 * on a server with another fence, and when the list is lost. Else those where something can be due. These
 * are noted ones, which alone can have an outbox, those that the ledger changed, unlisted ones, and those
 * that were not in order. Of the others so many in turn.
 */
export type DueGates = {
  due(campaigns: readonly Campaign[], look: RedisLook): Campaign[]
  /** The result of an inspection; one that needs another is due in the next look. */
  inspected(campaign: Campaign, isAgainDue: boolean): void
}

/** Up to so many campaigns all are inspected in every look. 10,000 take their turns within 20 looks. */
const inTurnMax = 500

export const createDueGates = (): DueGates => {
  /** Version and epoch of the campaigns whose gates were in order. */
  const inOrder = new Map<string, string>()
  let fence: string | undefined
  let turn = 0

  const stateOf = ({ version, epoch }: Campaign): string => `${version}:${epoch}`

  const takeTurns = (campaigns: readonly Campaign[]): ReadonlySet<Campaign> => {
    if (turn >= campaigns.length) turn = 0
    const some = campaigns.slice(turn, turn + inTurnMax)
    turn += inTurnMax
    return new Set(some)
  }

  return {
    due(campaigns, look) {
      const isNewServer = look.fence !== undefined && look.fence !== fence
      fence = look.fence ?? fence
      if (inOrder.size > 2 * campaigns.length) inOrder.clear()
      if (isNewServer || look.listed === 'lost') inOrder.clear()
      const turns = takeTurns(campaigns)
      return campaigns.filter(
        (campaign) =>
          turns.has(campaign) ||
          look.noted?.has(campaign.id) === true ||
          inOrder.get(campaign.id) !== stateOf(campaign) ||
          isUnlisted(look.listed, campaign.id, campaign.version),
      )
    },
    inspected(campaign, isAgainDue) {
      if (isAgainDue) inOrder.delete(campaign.id)
      else inOrder.set(campaign.id, stateOf(campaign))
    },
  }
}
