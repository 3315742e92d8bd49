import { Failure } from '../../platform/failure.ts'
import { type Bound, createGroupCommit, type GroupCommit } from '../../platform/group-commit.ts'
import type { Registry } from '../campaigns/registry.ts'
import type { Gate } from '../gate/gate.ts'
import type { Holder } from '../gate/packed-grant.ts'
import type { Grant } from '../grant.ts'
import { atKnownEpoch } from './at-known-epoch.ts'

/** Asks a gate what somebody holds who may not win. As presses, those that come together share one call. */
export type IneligibleLooks = {
  /** `undefined`: nothing. Rejects `overloaded`, `recovering`, or `unavailable`. */
  look(campaignId: string, holder: Holder): Promise<{ grant: Grant; confirmed: boolean } | undefined>
}

export type IneligibleLooksOptions = {
  gate: Pick<Gate, 'look'>
  registry: Registry
  queueBound: Bound
  batchSizeMax: number
}

type Looks = GroupCommit<Holder, { grant: Grant; confirmed: boolean } | undefined>

/** Past this many, the queues of campaigns that are no longer live are removed. */
const queuesMax = 1_000

export const createIneligibleLooks = (options: IneligibleLooksOptions): IneligibleLooks => {
  const { gate, registry } = options
  const queues = new Map<string, Looks>()

  const createQueue = (campaignId: string): Looks =>
    createGroupCommit({
      batchSizeMax: options.batchSizeMax,
      inFlightMax: 1,
      bound: options.queueBound,
      async run(holders: Holder[]) {
        const looked = await atKnownEpoch(registry, campaignId, (epoch) =>
          gate.look(campaignId, epoch, holders),
        )
        if (looked.kind === 'looked') return looked.found
        throw new Failure('recovering', looked.kind === 'recovering' ? looked.reason : 'another epoch')
      },
    })

  const queueOf = (campaignId: string): Looks => {
    const present = queues.get(campaignId)
    if (present !== undefined) return present
    const queue = createQueue(campaignId)
    if (queues.size >= queuesMax)
      for (const id of queues.keys()) if (registry.known(id) === undefined) queues.delete(id)
    queues.set(campaignId, queue)
    return queue
  }

  return { look: (campaignId, holder) => queueOf(campaignId).submit(holder) }
}
