import type { SqlReader } from '../../platform/mysql/connection.ts'

/**
 * Another text when a campaign was created, armed, changed or retired, and after the database went back in
 * time. Version and epoch rise with every change of a row.
 */
export const readLiveDigest = async (source: SqlReader): Promise<string> =>
  JSON.stringify(
    await source.read(
      `SELECT COUNT(*) AS count, SUM(version) AS versions, SUM(epoch) AS epochs,
         BIT_XOR(CRC32(CONCAT_WS(':', HEX(campaign_id), version, epoch))) AS digest
       FROM campaigns WHERE retired_at_ms IS NULL`,
    ),
  )
