import type { KafkaCluster } from '../../platform/kafka/client.ts'
import type { Database } from '../../platform/mysql/database.ts'
import type { RedisClient } from '../../platform/redis.ts'
import type { DesignAnswers } from './design-server.ts'
import { type DesignSale, designCountKey, designUsersKey } from './design-store.ts'

/**
 * The way of many lectures: a set and a counter in Redis decide, and the user id is sent to Kafka. The answer
 * waits for neither a broker nor a row.
 */
export const createSendAndForget = async (
  redis: RedisClient,
  kafka: KafkaCluster,
  { stock, topic }: DesignSale,
): Promise<DesignAnswers> => {
  const producer = kafka.producer()
  await producer.connect()
  return async (userId) => {
    if ((await redis.command('SADD', designUsersKey, userId)) === 0) return 'already'
    if (Number(await redis.command('INCR', designCountKey)) > stock) return 'sold-out'
    void producer.send({ topic, messages: [{ value: userId }] }).catch(() => undefined)
    return 'granted'
  }
}

/** Its consumer: a row for each record. */
export const consumeCoupons = async (
  kafka: KafkaCluster,
  database: Database,
  { topic }: DesignSale,
): Promise<void> => {
  const consumer = kafka.consumer({ groupId: topic, sessionTimeout: 6_000 })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    async eachMessage({ message }) {
      await database.change('INSERT INTO other_design_coupons (user_id) VALUES (?)', [String(message.value)])
    },
  })
}
