import type { Campaign } from '../campaign.ts'
import type { ArmingGate, RebuiltCounts, Seal } from '../gate/arming-gate.ts'
import type { Lost } from '../gate/reply.ts'
import type { Grant } from '../grant.ts'
import type { RebuildReader } from '../ledger/rebuild-reader.ts'

/** ledger -> keys of an epoch that has not begun. */
export type Rebuilder = {
  /** Writes winners and missing ranks under keys of `epoch`. Without a cut there is nothing to rebuild: the first arming. */
  rebuild(
    campaign: Campaign,
    epoch: number,
    seal: Seal,
    cut: ReadonlyMap<number, number> | undefined,
  ): Promise<({ kind: 'rebuilt' } & RebuiltCounts) | Lost>
}

/** Free ranks in one call at the most: a wide gap is written in several. */
const freeRanksInOneFillMax = 5_000

/** What a step of the rebuild threw to leave the snapshot early. */
class RebuildLost extends Error {}

export const createRebuilder = (gate: ArmingGate, reader: RebuildReader): Rebuilder => ({
  async rebuild({ id }, epoch, seal, cut) {
    const rebuilt: RebuiltCounts = { winners: 0, freeRanks: 0, nextRank: 1 }
    if (cut === undefined) return { kind: 'rebuilt', ...rebuilt }

    const fill = async (grants: readonly Grant[], freeRanks: readonly number[]): Promise<void> => {
      const filled = await gate.fill(id, epoch, seal, grants, freeRanks)
      if (filled.kind === 'lost') throw new RebuildLost(filled.what)
      rebuilt.winners += grants.length
      rebuilt.freeRanks += freeRanks.length
    }
    try {
      const whole = await reader.read(id, cut, async (grants) => {
        let freeRanks: number[] = []
        for (const { rank } of grants) {
          for (; rebuilt.nextRank < rank; rebuilt.nextRank += 1) {
            // safeguard: missing ranks go on the free list
            freeRanks.push(rebuilt.nextRank)
            if (freeRanks.length < freeRanksInOneFillMax) continue
            await fill([], freeRanks)
            freeRanks = []
          }
          rebuilt.nextRank = rank + 1
        }
        await fill(grants, freeRanks)
        await gate.noteProgress(id, `rebuilt ${rebuilt.winners} winners`)
      })
      return whole ? { kind: 'rebuilt', ...rebuilt } : { kind: 'lost', what: 'the ledger went back in time' }
    } catch (cause) {
      if (cause instanceof RebuildLost) return { kind: 'lost', what: cause.message }
      throw cause
    }
  },
})
