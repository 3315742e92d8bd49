import { join } from 'node:path'
import { createAuditProcess } from '../coupon/audit/audit-process.ts'
import { waitForIdentity, watchIdentity } from '../coupon/deployment/identity.ts'
import { createUnrecordedCampaigns } from '../coupon/gate/unrecorded-campaigns.ts'
import { createCouponRepository } from '../coupon/ledger/coupons.ts'
import { createPositionRepository } from '../coupon/ledger/positions.ts'
import { createRecorder } from '../coupon/ledger/recorder.ts'
import { createRetirementRepository } from '../coupon/ledger/retirements.ts'
import { requireReadableLog } from '../coupon/log/require-readable-log.ts'
import { grantsTopic, recorderGroup } from '../coupon/log/topics.ts'
import { createLastInspections, showKeeper } from '../coupon/metrics/keeper.ts'
import { measureRetirement, measureSweep } from '../coupon/metrics/recovery.ts'
import { createProcessParts } from '../coupon/process/process-parts.ts'
import { createClockWatch } from '../coupon/recovery/clock-watch.ts'
import { createKeeper } from '../coupon/recovery/keeper.ts'
import { createRetirement, retireMany } from '../coupon/recovery/retirement.ts'
import { readServerClocks } from '../coupon/recovery/server-clocks.ts'
import { createSettling } from '../coupon/recovery/settling.ts'
import { createSweep } from '../coupon/recovery/sweep.ts'
import { logUnmetRequirements } from '../coupon/requirements/log-unmet-requirements.ts'
import { redisConnection } from '../platform/connections/redis-connection.ts'
import { createHealthRoutes } from '../platform/http/health.ts'
import { serveHttp } from '../platform/http/server.ts'
import { createKafka } from '../platform/kafka/client.ts'
import { createConsumer } from '../platform/kafka/consumer.ts'
import { createTopicAdmin } from '../platform/kafka/topic-admin.ts'
import { createLogger } from '../platform/log/logger.ts'
import { serveMetrics, showReadiness } from '../platform/metrics/metrics.ts'
import { runProcess } from '../platform/process/run-process.ts'
import { connectRedis } from '../platform/redis.ts'
import { repeat } from '../platform/repeat.ts'
import { readSettings } from '../platform/settings.ts'
import { createBatchHandler } from './batch-handler.ts'
import { createDeadLetterWriter } from './dead-letter-writer.ts'
import { createLedgerLag } from './ledger-lag.ts'
import { createPartitionProgress, startAlignment } from './partition-progress.ts'
import { createReadinessChecks } from './readiness.ts'
import { measureDeadLetters, measureRecorder } from './recording-metrics.ts'
import { createRowRateLimiter } from './row-rate-limiter.ts'
import { workerSettings } from './settings.ts'

await runProcess(async (life) => {
  const settings = readSettings(workerSettings, process.env)
  const log = createLogger('worker', settings.LOG_LEVEL)
  const monotonicMs = (): number => performance.now()
  const redis = connectRedis({
    ...redisConnection(settings),
    // A rebuild writes thousands of winners a call.
    commandTimeoutMs: 5 * settings.GATE_TIMEOUT_MS,
    onError: (message) => log.debug({ message }, 'Redis connection failed'),
  })
  const parts = createProcessParts({
    settings,
    kind: 'worker',
    databaseConnectionsMax: 6,
    redis,
    gateRedis: redis,
    log,
    life,
    monotonicMs,
  })
  const { metrics, kafka, producer, reader, identity, database, gate, grantLog, arming } = parts
  const { gate: keeperGate, campaigns, listing, logEnds } = parts.armingParts
  await requireReadableLog(kafka)

  // A frozen broker may be asked several times before another one. With 10 s a request the worker was not
  // ready for up to a minute.
  const impatientKafka = createKafka({ ...parts.kafkaOptions, requestTimeoutMs: 3_000 })
  const impatientTopics = createTopicAdmin(impatientKafka)
  const progress = createPartitionProgress({
    positions: createPositionRepository(database),
    topics: impatientTopics,
    reader,
    log,
    onMisaligned: () => alignment.now(),
  })
  const handleBatch = createBatchHandler({
    recorder: measureRecorder(createRecorder(database), metrics, monotonicMs),
    deadLetterWriter: measureDeadLetters(createDeadLetterWriter(producer, { now: Date.now }), metrics),
    progress,
    log,
    batchSizeMax: settings.LEDGER_BATCH_SIZE_MAX,
    rateLimiter: createRowRateLimiter({ rowsPerSecondMax: settings.LEDGER_ROWS_PER_SECOND_MAX, monotonicMs }),
  })
  const consumer = createConsumer({
    kafka: impatientKafka,
    topic: grantsTopic,
    groupId: recorderGroup,
    log,
    onAssigned: progress.assigned,
    onOutOfRange: progress.misaligned,
    onCrash: (cause) => life.fail(`the Kafka consumer failed: ${cause.message}`),
  })
  const alignment = startAlignment(progress, consumer, { intervalMs: 1_000, onRefused: life.fail })
  const lag = createLedgerLag({ topics: impatientTopics, progress, log, monotonicMs, now: Date.now })
  lag.show(consumer, metrics)

  const inspected = createLastInspections(keeperGate)
  const overdueMs = settings.PUBLISH_DEADLINE_MS + settings.RELAY_MARGIN_MS
  const requireOneDeployment = () => identity.require(['Kafka', 'Redis'])
  const unrecorded = createUnrecordedCampaigns(redis)
  const keeper = createKeeper({
    ...{ gate: inspected.gate, arming, grantLog, campaigns, listing, unrecorded, log },
    ...{ overdueMs, requireOneDeployment, now: Date.now },
  })
  showKeeper(keeper, inspected, metrics)
  const coupons = createCouponRepository(database)
  const sweep = measureSweep(
    createSweep({ keeperGate, gate, coupons, logEnds, producer, log, ageMs: 30_000, ledgerWaitMs: 5_000 }),
    metrics,
  )
  const settling = createSettling({
    ...parts.armingParts,
    unrecorded,
    campaigns: keeper.campaigns,
    isInCharge: () => consumer.assignedPartitions().includes(0),
  })
  const audit = createAuditProcess(join(import.meta.dirname, '..', 'commands', 'audit', 'main.ts'))
  const retirements = createRetirementRepository(database)
  const retirement = createRetirement({
    redis,
    gate,
    keeperGate,
    database,
    campaigns,
    retirements,
    audit,
    log,
    gateLifetimeMs: settings.GATE_LIFETIME_MS,
    backoffMs: settings.RETIREMENT_INTERVAL_MS,
    monotonicMs,
    clocks: createClockWatch({
      readClocks: () => readServerClocks(redis, database),
      monotonicMs,
      steadyMs: 10 * settings.RETIREMENT_INTERVAL_MS,
    }),
    now: Date.now,
  })

  const measuredRetirement = measureRetirement(retirement, metrics)

  const checks = createReadinessChecks({ progress, lag, keeper, room: parts.room })
  showReadiness(checks, metrics)
  const health = await serveHttp(createHealthRoutes(checks, life.isStopping), {
    host: settings.WORKER_HOST,
    port: settings.WORKER_PORT,
    keepAliveTimeoutMs: 5_000,
    requestTimeoutMs: 10_000,
    connectionsMax: 100,
  })
  const metricsServer = await serveMetrics({
    host: settings.METRICS_HOST,
    port: settings.WORKER_METRICS_PORT,
    read: metrics.read,
  })
  const loops = [
    alignment,
    repeat(keeper.inspectGates, settings.KEEPER_INTERVAL_MS),
    repeat(settling.step, settings.KEEPER_INTERVAL_MS),
    repeat(() => sweep.step(keeper.campaigns()), settings.SWEEP_INTERVAL_MS),
    repeat(() => retireMany(measuredRetirement), settings.RETIREMENT_INTERVAL_MS),
    repeat(lag.step, 2_000),
    repeat(parts.room.step, 1_000),
    repeat(parts.sampler.step, 1_000),
    repeat(watchIdentity(identity, life.fail), 10_000),
  ]
  const closeHttp = () => Promise.all([health.close(200), metricsServer.close(200)])
  life.onStop(
    { name: 'loops', timeoutMs: 100, stop: () => loops.forEach((loop) => loop.stop()) },
    { name: 'audits', timeoutMs: 100, stop: audit.close },
    // The consumer can only leave the group after its batch, which can wait for a query until that times out.
    { name: 'consumer', timeoutMs: 5_400, stop: consumer.stop },
    { name: 'grant log', timeoutMs: 500, stop: () => grantLog.drained(400) },
    {
      name: 'Kafka',
      timeoutMs: 500,
      stop: () => Promise.all([parts.closeKafka(), impatientTopics.close()]),
    },
    { name: 'database', timeoutMs: 300, stop: database.close },
    { name: 'Redis', timeoutMs: 100, stop: redis.close },
    { name: 'health and metrics', timeoutMs: 300, stop: closeHttp },
  )
  // safeguard: a stranger takes no partition
  await waitForIdentity(identity, ['database', 'Kafka'], (reason) => log.warn({ reason }, 'the worker waits'))
  await consumer.run(lag.watch(handleBatch))
  log.info({ port: health.port, metrics: metricsServer.location }, 'the worker is recording grants')
  void logUnmetRequirements(parts.installation, log)
})
