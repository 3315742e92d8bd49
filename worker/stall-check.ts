import type { ReadinessCheck } from '../platform/http/health.ts'
import type { LedgerLag } from './ledger-lag.ts'

/**
 * Health is progress, not a live process: a consumer can be a member of its group, own its partitions and bring nothing. Ready while
 * the ledger moves or has everything; not when it has stood still for `standstillMsMax` although the log has more, or when the log
 * has not said for as long whether it has.
 */
export const createStallCheck = (
  lag: Pick<LedgerLag, 'stall'>,
  { standstillMsMax }: { standstillMsMax: number },
): ReadinessCheck => ({
  name: 'movement',
  isReady() {
    const { stillMs, untoldMs } = lag.stall()
    return Math.max(stillMs, untoldMs) < standstillMsMax
  },
  waitsFor() {
    const { stillMs, untoldMs } = lag.stall()
    if (untoldMs >= standstillMsMax)
      return `the log has not said where it ends for ${Math.floor(untoldMs / 1_000)} s`
    return `the ledger has not moved for ${Math.floor(stillMs / 1_000)} s, and the log has more`
  },
})
