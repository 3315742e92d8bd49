import type { z } from 'zod'
import { type AuditResult, createAudit } from '../../coupon/audit/audit.ts'
import { createAuditParts } from '../../coupon/audit/audit-parts.ts'
import { openHistory } from '../../coupon/audit/history.ts'
import { createDeploymentIdentity } from '../../coupon/deployment/identity.ts'
import { idPattern } from '../../coupon/grant.ts'
import { defineCommand } from '../../platform/command.ts'
import { databaseConnection } from '../../platform/connections/database-connection.ts'
import { kafkaConnection } from '../../platform/connections/kafka-connection.ts'
import { redisConnection } from '../../platform/connections/redis-connection.ts'
import { Failure } from '../../platform/failure.ts'
import { createKafka } from '../../platform/kafka/client.ts'
import { createTopicAdmin } from '../../platform/kafka/topic-admin.ts'
import { createTopicReader } from '../../platform/kafka/topic-reader.ts'
import { createLogger } from '../../platform/log/logger.ts'
import { connectDatabase } from '../../platform/mysql/database.ts'
import { argument, integer, path, required } from '../../platform/option.ts'
import { connectRedis } from '../../platform/redis.ts'
import { auditReport } from './report.ts'
import { auditSettings } from './settings.ts'

/** Connects to the servers, and closes the connections when the audit is over. */
const audit = async (
  campaignId: string,
  { historyFile, logUntilMs }: { historyFile: string | undefined; logUntilMs: number | undefined },
  servers: z.infer<typeof auditSettings>,
): Promise<AuditResult> => {
  const history = historyFile === undefined ? undefined : await openHistory(historyFile)
  if (history !== undefined && history.campaignId !== campaignId)
    throw new Failure('refused', `${historyFile} belongs to campaign ${history.campaignId}`)
  const kafka = createKafka({
    ...kafkaConnection(servers),
    clientId: 'firstcome-audit',
    log: createLogger('audit', 'silent'),
    requestTimeoutMs: 10_000,
  })
  const topics = createTopicAdmin(kafka)
  const reader = createTopicReader(kafka)
  const database = connectDatabase({
    ...databaseConnection(servers),
    connectionsMax: 2,
    queryTimeoutMs: 30_000,
  })
  const redis = connectRedis({
    ...redisConnection(servers),
    commandTimeoutMs: 5_000,
    onError: () => undefined,
  })
  try {
    await redis.waitForConnection(5_000)
    await createDeploymentIdentity({ database, topics, reader, redis }).compare()
    const parts = createAuditParts({ redis, database, topics, reader })
    const result = await createAudit(parts).run(campaignId, { history, logUntilMs })
    if (result === undefined) throw new Failure('refused', `the ledger has no campaign ${campaignId}`)
    return result
  } finally {
    redis.close()
    await reader.close()
    await topics.close()
    await database.close()
  }
}

/** Compares all sources of one campaign and changes nothing. */
export const auditCommand = defineCommand({
  name: 'npm run audit --',
  summary:
    'Compares what gate, log and ledger hold of one campaign. It only reads, during a sale or after it.',
  options: {
    campaign: argument(
      required({
        placeholder: 'campaign',
        help: 'its id',
        expected: 'the id of one campaign',
        parse: (text) => (idPattern.test(text) ? text : undefined),
      }),
    ),
    'log-until': integer({
      min: 0,
      max: 253_402_300_799_999,
      help: 'milliseconds since 1970: reads no record of Kafka that was appended later',
    }),
    history: path('FILE', 'also the answers that clients got: npm run load -- burst --history FILE'),
  },
  settings: auditSettings,
  exitCodes: {
    pass: [0, 'PASS: every promise held'],
    fail: [1, 'FAIL: at least one promise is broken'],
    'in-flight': [3, 'IN FLIGHT: no promise is broken, and something has not arrived yet'],
  },
  failureExitCode: [4, 'a source could not be read: there is no verdict'],
  async run({ campaign, history: historyFile, 'log-until': logUntilMs }, { settings, stdout, print }) {
    const startedAtMs = performance.now()
    const result = await audit(campaign, { historyFile, logUntilMs }, settings)
    await print({ text: auditReport(result, performance.now() - startedAtMs, stdout), json: result })
    return result.verdict
  },
})
