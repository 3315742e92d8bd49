import { createExpiringSet } from '../../platform/expiring-set.ts'
import { createBound, createGroupCommit } from '../../platform/group-commit.ts'
import type { ListedVersion } from '../gate/campaign-list.ts'

/** Whether an id is on the list. `recovering`: the list is lost, so the campaign may exist. */
export type ListLookupResult = 'live' | 'retired' | 'unknown' | 'recovering'

/** Looks up ids in the list, many in one read. Misses are remembered for a second, in bounded memory. */
export type ListLookup = {
  /** Rejects `unavailable`. */
  find(campaignId: string): Promise<ListLookupResult>
  /** Forgets that an id was unknown, when that may be older than `ageMaxMs`. */
  forgetMiss(campaignId: string, ageMaxMs: number): void
}

export type ListLookupOptions = {
  /** Versions of these ids; `undefined` when the list is lost. */
  readList(ids: readonly string[]): Promise<ReadonlyMap<string, ListedVersion> | undefined>
  monotonicMs(): number
}

const missMemoryMs = 1_000
// More of them are invented ids, none of which comes twice.
const missesMax = 1_000
const waitingMax = 10_000
// All of them are answered in one turn of the event loop, for which every press waits.
const idsInOneReadMax = 32

export const createListLookup = ({ readList, monotonicMs }: ListLookupOptions): ListLookup => {
  const misses = {
    unknown: createExpiringSet({ lifetimeMs: missMemoryMs, sizeMax: missesMax, monotonicMs }),
    retired: createExpiringSet({ lifetimeMs: missMemoryMs, sizeMax: missesMax, monotonicMs }),
  }
  const lookups = createGroupCommit<string, ListLookupResult>({
    batchSizeMax: idsInOneReadMax,
    inFlightMax: 1,
    bound: createBound(waitingMax),
    run: async (ids) => {
      const versions = await readList([...new Set(ids)])
      if (versions === undefined) return ids.map(() => 'recovering')
      return ids.map((id) => {
        const version = versions.get(id)
        if (version !== undefined && version !== 'retired') return 'live'
        const result = version ?? 'unknown'
        misses[result].add(id)
        return result
      })
    },
  })

  return {
    find(id) {
      if (misses.unknown.has(id)) return Promise.resolve('unknown')
      if (misses.retired.has(id)) return Promise.resolve('retired')
      return lookups.submit(id)
    },
    forgetMiss(id, ageMaxMs) {
      if (ageMaxMs < missMemoryMs) misses.unknown.delete(id)
    },
  }
}
