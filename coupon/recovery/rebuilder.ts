import { Failure } from '../../platform/failure.ts'
import type { Campaign } from '../campaign.ts'
import type { ArmingGate, RebuiltCounts, Seal } from '../gate/arming-gate.ts'
import type { Lost } from '../gate/reply.ts'
import type { Grant } from '../grant.ts'
import type { RebuildReader } from '../ledger/rebuild-reader.ts'

/** ledger -> keys of an epoch that has not begun. */
export type Rebuilder = {
  /**
   * Writes winners and missing ranks to the keys of `epoch`. Without a cut, at the first arming, nothing
   * exists to rebuild.
   */
  rebuild(
    campaign: Campaign,
    epoch: number,
    seal: Seal,
    cut: ReadonlyMap<number, number> | undefined,
  ): Promise<({ kind: 'rebuilt' } & RebuiltCounts) | Lost>
}

/** Free ranks in one call: a wider gap takes several. */
const freeRanksInOneFillMax = 5_000

export const createRebuilder = (gate: ArmingGate, reader: RebuildReader): Rebuilder => ({
  async rebuild({ id }, epoch, seal, cut) {
    const rebuilt: RebuiltCounts = { winners: 0, freeRanks: 0, nextRank: 1, lastGrantAtMs: 0 }
    if (cut === undefined) return { kind: 'rebuilt', ...rebuilt }

    const fill = async (grants: readonly Grant[], freeRanks: readonly number[]): Promise<void> => {
      const filled = await gate.fill(id, epoch, seal, grants, freeRanks)
      // Thrown to leave the snapshot.
      if (filled.kind === 'lost') throw new Failure('recovering', filled.what)
      rebuilt.winners += grants.length
      rebuilt.freeRanks += freeRanks.length
    }
    try {
      const isWhole = await reader.read(id, cut, async (grants) => {
        let freeRanks: number[] = []
        for (const { rank, grantedAtMs } of grants) {
          for (; rebuilt.nextRank < rank; rebuilt.nextRank += 1) {
            // safeguard: missing ranks go on the free list
            freeRanks.push(rebuilt.nextRank)
            if (freeRanks.length < freeRanksInOneFillMax) continue
            await fill([], freeRanks)
            freeRanks = []
          }
          rebuilt.nextRank = rank + 1
          rebuilt.lastGrantAtMs = Math.max(rebuilt.lastGrantAtMs, grantedAtMs)
        }
        await fill(grants, freeRanks)
        await gate.noteProgress(id, `rebuilt ${rebuilt.winners} winners`)
      })
      return isWhole
        ? { kind: 'rebuilt', ...rebuilt }
        : { kind: 'lost', what: 'the ledger went back in time' }
    } catch (cause) {
      if (cause instanceof Failure && cause.code === 'recovering')
        return { kind: 'lost', what: cause.message }
      throw cause
    }
  },
})
