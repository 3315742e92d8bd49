import type { Database } from '../../platform/mysql/database.ts'
import type { DesignAnswers } from './design-server.ts'

/** One transaction for each press: it locks the row of the sale, counts, and inserts. */
export const createNaiveMysql =
  (database: Database): DesignAnswers =>
  (userId) =>
    database.transaction(async (connection) => {
      const [sale] = await connection.read(
        'SELECT stock, granted FROM other_design_sale WHERE id = 1 FOR UPDATE',
      )
      const own = await connection.read('SELECT id FROM other_design_coupons WHERE user_id = ?', [userId])
      if (own.length > 0) return { commit: false, result: 'already' }
      if (Number(sale?.['granted']) >= Number(sale?.['stock'])) return { commit: false, result: 'sold-out' }
      await connection.change('UPDATE other_design_sale SET granted = granted + 1 WHERE id = 1')
      await connection.change('INSERT INTO other_design_coupons (user_id) VALUES (?)', [userId])
      return { commit: true, result: 'granted' }
    })
