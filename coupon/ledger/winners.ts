import type { Database } from '../../platform/mysql/database.ts'
import { type MarkedGrant, readMarkedByRank, readMarkedPage } from './grants-by-rank.ts'

/** The winners of a campaign as the ledger has them, by rank, with what became of their coupons. */
export type WinnerRepository = {
  /**
   * The winners of up to `limit` consecutive ranks from `fromRank` on, and the next rank that somebody has.
   * Rejects `unavailable`.
   */
  page(
    campaignId: string,
    fromRank: number,
    limit: number,
  ): Promise<{ winners: MarkedGrant[]; nextRank: number | undefined }>
  /** All of them, in chunks of up to 5,000. A chunk is read when it is asked for. Rejects `unavailable`. */
  all(campaignId: string): AsyncGenerator<MarkedGrant[]>
}

export const createWinnerRepository = (database: Database): WinnerRepository => ({
  page: (campaignId, fromRank, limit) => readMarkedPage(database, campaignId, fromRank, limit),
  all: (campaignId) => readMarkedByRank(database, campaignId),
})
