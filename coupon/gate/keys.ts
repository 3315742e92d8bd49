/**
 * Every Redis key of the product is born here. The braces make all keys of a campaign lie in one cluster slot.
 * None expires while its campaign is live; those of an older epoch are unlinked once a newer one is armed.
 */

/** The layout of a gate; a gate of another layout reads as unarmed. */
export const gateLayout = '1'

/**
 * Hash: the list of live campaigns, campaign id -> version, and `marker`: the fence of the server that the whole list was written on.
 */
export const campaignsKey = 'fc:campaigns'

/** Set: campaigns whose gate was retired after its lifetime. As whole, and as trustworthy, as the list beside it. */
export const retiredKey = 'fc:retired'

/** The two keys of the list, in the order in which scripts take them. */
export const listKeys = [campaignsKey, retiredKey]

/** Channel on which a change of `fc:campaigns` is hinted at; the message is the campaign id. */
export const campaignsChannel = 'fc:campaigns'

/**
 * Hash: layout, epoch, claim, fence, state (rearming|open|paused|closed), stock, granted, nextRank, entriesAppended,
 * entriesDeleted, grantsPending, opensAtMs, closesAtMs, perUserLimit, grantableFromMs, version, document.
 */
export const gateKey = (campaignId: string): string => `fc:{${campaignId}}:gate`

/** Hash: `<slot>:<userId>` -> `couponId|rank|grantedAtMs|number`. */
export const winnersKey = (campaignId: string, epoch: number): string => `fc:{${campaignId}}:winners:${epoch}`

/** Stream: one entry a gate call with new grants, id `<epoch>-<number of its first grant>`: count, grantedAtMs, grants. */
export const outboxKey = (campaignId: string, epoch: number): string => `fc:{${campaignId}}:outbox:${epoch}`

/** List: ranks to reuse, lowest first. */
export const freeKey = (campaignId: string, epoch: number): string => `fc:{${campaignId}}:free:${epoch}`

/** The four keys of a gate, in the order in which scripts take them. */
export const gateKeys = (campaignId: string, epoch: number): string[] => [
  gateKey(campaignId),
  winnersKey(campaignId, epoch),
  outboxKey(campaignId, epoch),
  freeKey(campaignId, epoch),
]
