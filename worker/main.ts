import { grantsTopic, recorderGroup } from '../coupon/log/topics.ts'
import { createHealthRoutes } from '../platform/http/health.ts'
import { serveHttp } from '../platform/http/server.ts'
import { createKafka } from '../platform/kafka/client.ts'
import { createConsumer } from '../platform/kafka/consumer.ts'
import { createProducer } from '../platform/kafka/producer.ts'
import { createTopicReader } from '../platform/kafka/topic-reader.ts'
import { createTopicAdmin } from '../platform/kafka/topic-admin.ts'
import { createLogger } from '../platform/log/logger.ts'
import { createMetrics, serveMetrics, showReadiness } from '../platform/metrics/metrics.ts'
import { connectDatabase } from '../platform/mysql/database.ts'
import { runProcess } from '../platform/process/run-process.ts'
import { measureProducer } from '../platform/kafka/producer-metrics.ts'
import { connectRedis } from '../platform/redis.ts'
import { readSettings } from '../platform/settings.ts'
import { createArming } from '../coupon/recovery/arming.ts'
import { createArmingParts } from '../coupon/recovery/arming-parts.ts'
import { createAudit } from '../coupon/audit/audit.ts'
import { createAuditParts } from '../coupon/audit/audit-parts.ts'
import { createGate } from '../coupon/gate/gate.ts'
import { measureGate } from '../coupon/metrics/gate.ts'
import { createGrantLog } from '../coupon/log/grant-log.ts'
import { measureGrantLog } from '../coupon/metrics/grant-log.ts'
import { createKeeper } from '../coupon/recovery/keeper.ts'
import { repeat } from '../platform/repeat.ts'
import { createLastInspections, showKeeper } from '../coupon/metrics/keeper.ts'
import { createPositionRepository } from '../coupon/ledger/positions.ts'
import { createCouponRepository } from '../coupon/ledger/coupons.ts'
import { createRecorder } from '../coupon/ledger/recorder.ts'
import { createRetirementRepository } from '../coupon/ledger/retirements.ts'
import { warnOfRequirements } from '../coupon/requirements/warn.ts'
import { createRetirement } from '../coupon/recovery/retirement.ts'
import { createSweep } from '../coupon/recovery/sweep.ts'
import { measureArming, measureRetirement, measureSweep } from '../coupon/metrics/recovery.ts'
import { createDeadLetterWriter } from './dead-letter-writer.ts'
import { createLedgerLag } from './ledger-lag.ts'
import { createStallCheck } from './stall-check.ts'
import { createRowRateLimiter } from './row-rate-limiter.ts'
import { startAlignment, createPartitionProgress } from './partition-progress.ts'
import { createBatchHandler } from './batch-handler.ts'
import { measureDeadLetters, measureRecorder } from './recording-metrics.ts'
import { workerSettings } from './settings.ts'

await runProcess(async (life) => {
  const settings = readSettings(workerSettings, process.env)
  const log = createLogger('worker', settings.LOG_LEVEL)
  const kafka = createKafka({
    brokers: settings.KAFKA_BROKERS,
    clientId: 'firstcome-worker',
    log,
    requestTimeoutMs: 10_000,
  })
  const database = connectDatabase({
    url: settings.DATABASE_URL,
    connectionsMax: 6,
    queryTimeoutMs: settings.QUERY_TIMEOUT_MS,
  })
  const topics = createTopicAdmin(kafka)
  const metrics = createMetrics()
  const monotonicMs = (): number => performance.now()
  const producer = measureProducer(createProducer(kafka), metrics, monotonicMs)
  const redis = connectRedis({
    url: settings.REDIS_URL,
    // A rebuild writes thousands of winners a call.
    commandTimeoutMs: 5 * settings.GATE_TIMEOUT_MS,
    onFault: (message) => log.debug({ message }, 'Redis'),
  })
  const partitions = (): Promise<number> => topics.partitions(grantsTopic)
  const progress = createPartitionProgress({
    positions: createPositionRepository(database),
    topics,
    log,
    onMisaligned: () => alignment.now(),
  })
  const recording = createBatchHandler({
    recorder: measureRecorder(createRecorder(database), metrics, monotonicMs),
    deadLetterWriter: measureDeadLetters(createDeadLetterWriter(producer, { now: Date.now }), metrics),
    progress,
    log,
    batchSizeMax: settings.LEDGER_BATCH_SIZE_MAX,
    rateLimiter: createRowRateLimiter({ rowsPerSecondMax: settings.LEDGER_ROWS_PER_SECOND_MAX, monotonicMs }),
  })
  const consumer = createConsumer({
    kafka,
    topic: grantsTopic,
    groupId: recorderGroup,
    log,
    onAssigned: progress.assigned,
    onCrash: (cause) => life.fail(`the consumer died: ${cause.message}`),
  })
  const alignment = startAlignment(progress, consumer, { intervalMs: 1_000, onRefused: life.fail })
  const lag = createLedgerLag({ topics, progress, log, monotonicMs, now: Date.now })
  lag.show(consumer, metrics)
  const gate = measureGate(
    createGate(redis, { outboxGrantsMax: settings.OUTBOX_GRANTS_MAX }),
    metrics,
    monotonicMs,
  )
  const armingParts = createArmingParts({
    redis,
    database,
    producer,
    partitions,
    refuseIfStopping: life.refuseIfStopping,
    log,
    soldOutMemoryMs: settings.SOLD_OUT_MEMORY_MS,
    monotonicMs,
  })
  const { gate: keeperGate, campaigns, listing, logEnds } = armingParts
  const looks = createLastInspections(keeperGate)
  const grantLog = createGrantLog({
    producer,
    gate,
    log,
    partitions,
    publishDeadlineMs: settings.PUBLISH_DEADLINE_MS,
    publishInFlightMax: settings.PUBLISH_IN_FLIGHT_MAX,
    monotonicMs,
  })
  const keeper = createKeeper({
    gate: looks.gate,
    arming: measureArming(createArming(armingParts), metrics),
    grantLog: measureGrantLog(grantLog, metrics),
    campaigns,
    listing,
    log,
    overdueMs: settings.PUBLISH_DEADLINE_MS + settings.RELAY_MARGIN_MS,
  })
  showKeeper(keeper, looks, metrics)
  const checks = [
    { name: 'ledger', isReady: progress.isAligned, waitsFor: progress.waitsFor },
    createStallCheck(lag, { standstillMsMax: 10_000 }),
    {
      name: 'gates',
      isReady: () => keeper.arming().length === 0,
      waitsFor: () => `arming ${keeper.arming().length} campaigns`,
    },
  ]
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
  const sweep = createSweep({
    keeperGate: keeperGate,
    gate,
    coupons: createCouponRepository(database),
    logEnds,
    producer,
    log,
    ageMs: 30_000,
    ledgerWaitMs: 5_000,
  })
  const logReader = createTopicReader(kafka)
  const retirement = createRetirement({
    redis,
    gate,
    keeperGate: keeperGate,
    database,
    campaigns,
    retirements: createRetirementRepository(database),
    audit: createAudit(createAuditParts({ redis, database, topics, reader: logReader })),
    log,
    gateLifetimeMs: settings.GATE_LIFETIME_MS,
    now: Date.now,
  })
  const keeping = repeat(keeper.look, settings.KEEPER_INTERVAL_MS)
  const measuredSweep = measureSweep(sweep, metrics)
  const sweeping = repeat(() => measuredSweep.step(keeper.kept()), settings.SWEEP_INTERVAL_MS)
  const retiring = repeat(measureRetirement(retirement, metrics).step, settings.RETIREMENT_INTERVAL_MS)
  const lagging = repeat(lag.step, 2_000)
  life.onStop({
    name: 'loops',
    timeoutMs: 100,
    stop: () => [keeping, sweeping, retiring, alignment, lagging].forEach((loop) => loop.stop()),
  })
  // A batch that a silent database holds ends with its query; only then the group can be left.
  life.onStop({ name: 'consumer', timeoutMs: 5_400, stop: consumer.stop })
  life.onStop({ name: 'relay', timeoutMs: 500, stop: () => grantLog.drained(400) })
  life.onStop({
    name: 'Kafka',
    timeoutMs: 500,
    stop: () => Promise.all([producer.close(), logReader.close(), topics.close()]),
  })
  life.onStop({ name: 'database', timeoutMs: 300, stop: database.close })
  life.onStop({ name: 'Redis', timeoutMs: 100, stop: redis.close })
  life.onStop({
    name: 'health and metrics',
    timeoutMs: 300,
    stop: () => Promise.all([health.close(200), metricsServer.close(200)]),
  })
  await consumer.run(lag.watch(recording))
  log.info({ port: health.port, metrics: metricsServer.location }, 'the worker records grants')
  void warnOfRequirements(
    {
      ...{ redis, kafka, database, now: Date.now },
      redisUrl: settings.REDIS_URL,
      brokers: settings.KAFKA_BROKERS,
      databaseUrl: settings.DATABASE_URL,
    },
    log,
  )
})
