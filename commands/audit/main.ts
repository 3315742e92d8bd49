import { type AuditResult, createAudit } from '../../coupon/audit/audit.ts'
import { createAuditParts } from '../../coupon/audit/wiring.ts'
import { type History, openHistory } from '../../coupon/audit/history.ts'
import { Failure, messageOf } from '../../platform/failure.ts'
import { createLogReader } from '../../platform/kafka/reader.ts'
import { createTopics } from '../../platform/kafka/topics.ts'
import { createKafka } from '../../platform/kafka/client.ts'
import { createLog } from '../../platform/log/log.ts'
import { connectDatabase } from '../../platform/mysql/database.ts'
import { connectRedis } from '../../platform/redis.ts'
import { readSettings } from '../../platform/settings.ts'
import { type AuditArguments, parseArguments, usage } from './arguments.ts'
import { terminalReport } from './report.ts'
import { auditSettings } from './settings.ts'

// npm run audit: holds the books of one campaign against each other, and changes nothing.

const exitCodes = { pass: 0, fail: 1, wrongUse: 2, 'in-flight': 3, unknown: 4 } as const

const refuse = (message: string): Failure => new Failure('refused', message)

const historyOf = async ({ historyFile, campaignId }: AuditArguments): Promise<History | undefined> => {
  if (historyFile === undefined) return undefined
  const history = await openHistory(historyFile)
  if (history.campaignId !== campaignId) throw refuse(`${historyFile} is of campaign ${history.campaignId}`)
  return history
}

const audit = async (asked: AuditArguments): Promise<AuditResult> => {
  const settings = readSettings(auditSettings, process.env)
  const history = await historyOf(asked)
  const log = createLog('audit', 'silent')
  const kafka = createKafka({
    brokers: settings.KAFKA_BROKERS,
    clientId: 'firstcome-audit',
    log,
    requestTimeoutMs: 10_000,
  })
  const [topics, reader] = [createTopics(kafka), createLogReader(kafka)]
  const database = connectDatabase({ url: settings.DATABASE_URL, connectionsMax: 2, queryTimeoutMs: 30_000 })
  const redis = connectRedis({ url: settings.REDIS_URL, commandTimeoutMs: 5_000, onFault: () => undefined })
  try {
    await redis.connected(5_000)
    const parts = createAuditParts({ redis, database, topics, reader })
    const result = await createAudit(parts).run(asked.campaignId, history)
    if (result === undefined) throw refuse(`the ledger has no campaign ${asked.campaignId}`)
    return result
  } finally {
    redis.close()
    await reader.close()
    await topics.close()
    await database.close()
  }
}

try {
  const asked = parseArguments(process.argv.slice(2))
  if (asked === 'help') process.stdout.write(`${usage}\n`)
  else {
    const startedAtMs = performance.now()
    const result = await audit(asked)
    const report = asked.isJson
      ? `${JSON.stringify(result, undefined, 2)}\n`
      : terminalReport(result, performance.now() - startedAtMs, process.stdout)
    process.stdout.write(report)
    process.exitCode = exitCodes[result.verdict]
  }
} catch (cause) {
  process.stderr.write(`${messageOf(cause)}\n`)
  process.exitCode =
    cause instanceof Failure && cause.code === 'refused' ? exitCodes.wrongUse : exitCodes.unknown
}
