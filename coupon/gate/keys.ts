/**
 * All Redis keys of the product. The braces put all keys of a campaign into one cluster slot.
 * None of those expires while its campaign is live. The keys of an older epoch are unlinked once a newer one
 * is armed.
 */

/** Layout number of a gate; a gate of another layout is UNARMED. */
export const gateLayout = '1'

/**
 * Hash: the list of live campaigns, campaign id -> version. `marker`: the fence of the server on which the
 * complete list was written. `revision`: another one after each change.
 */
export const campaignsKey = 'fc:campaigns'

/** Set: campaigns whose gate was retired after its lifetime. Valid only together with the list. */
export const retiredKey = 'fc:retired'

/** String: the id of the deployment that this Redis belongs to. */
export const deploymentKey = 'fc:deployment'

/**
 * Hash: campaigns with grants that may not be in the ledger yet, campaign id -> `<epoch>:<granted>` at the
 * last grant. `marker`: the fence of the server on which the notes are complete. `recorded:<partition>`: the
 * position that the ledger had reached when a note was last taken out. `claim`: see complete-notes.lua.
 */
export const unrecordedKey = 'fc:unrecorded'

/** The two keys of the list, in the order of KEYS in the scripts. */
export const listKeys = [campaignsKey, retiredKey]

/** String: a console watches somewhere. It expires when the last one is gone. */
export const watchedKey = 'fc:{processes}:watched'

/**
 * Hash: what each process does, id of the process -> `<atMs> <sample as JSON>`. Written only while a console
 * watches; it expires afterwards.
 */
export const samplesKey = 'fc:{processes}:samples'

/** Channel for hints that `fc:campaigns` has changed; the message is the campaign id. */
export const campaignsChannel = 'fc:campaigns'

/**
 * Hash with these fields: layout, epoch, claim, fence, state (rearming|open|paused|closed), stock, granted,
 * lastGrantAtMs, nextRank, entriesAppended, entriesDeleted, grantsPending, opensAtMs, closesAtMs,
 * perUserLimit, grantableFromMs, holdMs, version, document. While it is rearming also operatorState, which
 * the flip may set as its state. After a halt also halted, `<id of the change> <atMs> <origin>`: see
 * halt.lua.
 */
export const gateKey = (campaignId: string): string => `fc:{${campaignId}}:gate`

/** Hash: `<slot>:<userId>` -> `couponId|rank|grantedAtMs|number`. */
export const winnersKey = (campaignId: string, epoch: number): string => `fc:{${campaignId}}:winners:${epoch}`

/** Stream: one entry per gate call with new grants, id `<epoch>-<number of first grant>`: see decide.lua. */
export const outboxKey = (campaignId: string, epoch: number): string => `fc:{${campaignId}}:outbox:${epoch}`

/** List: ranks to reuse, lowest first. */
export const freeKey = (campaignId: string, epoch: number): string => `fc:{${campaignId}}:free:${epoch}`

/** The four keys of a gate, in the order of KEYS in the scripts. */
export const gateKeys = (campaignId: string, epoch: number): string[] => [
  gateKey(campaignId),
  winnersKey(campaignId, epoch),
  outboxKey(campaignId, epoch),
  freeKey(campaignId, epoch),
]
