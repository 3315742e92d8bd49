import { until } from '../values/until.ts'
import type { Shop } from './shop.ts'

/** Waits until the ledger of a shop has everything that its log has. */
export const drained = ({ topic, ledger }: Shop): Promise<unknown> =>
  until('the ledger is at the end of the log', async () => {
    const [ends, rows] = [
      await topic.offsets(),
      await ledger.rows('SELECT next_offset FROM ledger_positions ORDER BY partition_id'),
    ]
    return (
      rows.length === ends.length && rows.every((row, at) => Number(row['next_offset']) === ends[at]?.end)
    )
  })
