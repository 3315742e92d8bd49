import type { ReadinessCheck } from '../platform/http/health.ts'
import type { LedgerLag } from './ledger-lag.ts'

/**
 * A consumer can be a member of its group, own its partitions and still fetch nothing, so readiness is
 * measured by progress. Not ready when the ledger is behind Kafka and has recorded nothing for `stallMsMax`.
 * Not ready either when the end offsets of Kafka are older than that.
 */
export const createStallCheck = (
  lag: Pick<LedgerLag, 'stall'>,
  { stallMsMax }: { stallMsMax: number },
): ReadinessCheck => ({
  name: 'movement',
  isReady() {
    const { stalledMs, endsAgeMs } = lag.stall()
    return Math.max(stalledMs, endsAgeMs) < stallMsMax
  },
  waitsFor() {
    const { stalledMs, endsAgeMs } = lag.stall()
    return endsAgeMs >= stallMsMax
      ? `Kafka has not returned its end offsets for ${Math.floor(endsAgeMs / 1_000)} s`
      : `the ledger has recorded nothing for ${Math.floor(stalledMs / 1_000)} s although it is behind Kafka`
  },
})
