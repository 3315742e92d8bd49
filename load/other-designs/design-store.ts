import { randomUUID } from 'node:crypto'
import type { KafkaCluster } from '../../platform/kafka/client.ts'
import { createTopicAdmin } from '../../platform/kafka/topic-admin.ts'
import type { Database } from '../../platform/mysql/database.ts'
import type { RedisClient } from '../../platform/redis.ts'

/** Where other designs keep what they grant. */
export const designUsersKey = 'other-design:users'
export const designCountKey = 'other-design:count'

/** What a design has stored: rows, the people who have one, and those who have several. */
export type StoredCoupons = { rows: number; users: ReadonlySet<string>; doubled: number }

/** How many coupons there are, and the topic of this sale alone. */
export type DesignSale = { stock: number; topic: string }

/** The tables, keys and topic of other designs, apart from those of the system. */
export type DesignStore = {
  /** A new sale, of which no coupon is granted. What an earlier consumer left behind is in another topic. */
  reset(stock: number): Promise<DesignSale>
  /** What a Redis that lost its memory has left: nothing. */
  loseRedis(): Promise<void>
  countRows(): Promise<number>
  /** True when the consumers have stored every record of the topic. */
  isConsumed(sale: DesignSale): Promise<boolean>
  read(): Promise<StoredCoupons>
  /** Removes everything. */
  remove(): Promise<void>
}

const createTables = [
  'CREATE TABLE IF NOT EXISTS other_design_sale (id INT PRIMARY KEY, stock INT NOT NULL, granted INT NOT NULL)',
  'CREATE TABLE IF NOT EXISTS other_design_coupons (id BIGINT AUTO_INCREMENT PRIMARY KEY, user_id VARCHAR(64) NOT NULL, KEY (user_id))',
]

export const createDesignStore = (
  database: Database,
  redis: RedisClient,
  kafka: KafkaCluster,
): DesignStore => {
  const topics: string[] = []
  const loseRedis = async (): Promise<void> => {
    await redis.command('DEL', designUsersKey, designCountKey)
  }
  return {
    async reset(stock) {
      for (const sql of createTables) await database.change(sql)
      await database.change('DELETE FROM other_design_coupons')
      await database.change('REPLACE INTO other_design_sale (id, stock, granted) VALUES (1, ?, 0)', [stock])
      await loseRedis()
      const admin = createTopicAdmin(kafka)
      const topic = `other-design.${randomUUID()}`
      topics.push(topic)
      await admin.create([{ topic, partitions: 3, replicationFactor: 1, settings: {} }])
      await admin.close()
      return { stock, topic }
    },
    loseRedis,
    async countRows() {
      const [found] = await database.read('SELECT COUNT(*) AS count FROM other_design_coupons')
      return Number(found?.['count'])
    },
    async isConsumed({ topic }) {
      const admin = kafka.admin()
      await admin.connect()
      try {
        const ends = await admin.fetchTopicOffsets(topic)
        const [consumed] = await admin.fetchOffsets({ groupId: topic, topics: [topic] })
        const at = new Map(consumed?.partitions.map(({ partition, offset }) => [partition, Number(offset)]))
        return ends.every(({ partition, high }) => Number(high) <= Math.max(0, at.get(partition) ?? 0))
      } finally {
        await admin.disconnect()
      }
    },
    async read() {
      const found = await database.read('SELECT user_id FROM other_design_coupons')
      const users = new Set(found.map(({ user_id }) => String(user_id)))
      return { rows: found.length, users, doubled: found.length - users.size }
    },
    async remove() {
      await database.change('DROP TABLE IF EXISTS other_design_coupons, other_design_sale')
      await loseRedis()
      const admin = kafka.admin()
      await admin.connect()
      await admin.deleteTopics({ topics })
      await admin.disconnect()
    },
  }
}
