import { expect, test } from 'vitest'
import { createKafka } from '../../platform/kafka/client.ts'
import { createTopicAdmin } from '../../platform/kafka/topic-admin.ts'
import { createTopicReader } from '../../platform/kafka/topic-reader.ts'
import { createLogger } from '../../platform/log/logger.ts'
import { createOwnDatabase } from '../../test/harness/servers/own-database.ts'
import { startOwnRedis } from '../../test/harness/servers/own-redis.ts'
import { deploymentKey } from '../gate/keys.ts'
import { createDeploymentIdentity } from './identity.ts'

test('a Redis without an id is not claimed for the deployment of a database alone, while Kafka is away', async () => {
  const [{ database, change, close }, redis] = [await createOwnDatabase(), await startOwnRedis()]
  await change("UPDATE deployment SET deployment_id = UNHEX(REPLACE(UUID(), '-', ''))")
  const kafka = createKafka({
    ...{ brokers: ['127.0.0.1:1'], clientId: 'identity-test', requestTimeoutMs: 1_000 },
    log: createLogger('test', 'silent'),
  })
  const [topics, reader] = [createTopicAdmin(kafka), createTopicReader(kafka)]
  try {
    const identity = createDeploymentIdentity({ database, topics, reader, redis: redis.redis })
    expect(await identity.compare()).toMatchObject({ unknown: ['Kafka'] })
    expect(await redis.redis.command('GET', deploymentKey)).toBeNull()
  } finally {
    await Promise.all([topics.close(), reader.close(), redis.close(), close()])
  }
})
