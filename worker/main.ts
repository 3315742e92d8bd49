import { createHealthRoutes } from '../platform/health.ts'
import { serveHttp } from '../platform/http-server.ts'
import { createKafka } from '../platform/kafka.ts'
import { createConsumer } from '../platform/kafka-consumer.ts'
import { createProducer } from '../platform/kafka-producer.ts'
import { createLogReader } from '../platform/kafka-reader.ts'
import { createTopics } from '../platform/kafka-topics.ts'
import { createLog } from '../platform/log.ts'
import { connectDatabase } from '../platform/mysql.ts'
import { runProcess } from '../platform/process.ts'
import { connectRedis } from '../platform/redis.ts'
import { readSettings } from '../platform/settings.ts'
import { createArmory } from '../coupon/arm.ts'
import { createArmoryParts } from '../coupon/armory-parts.ts'
import { createAudit } from '../coupon/audit/audit.ts'
import { createAuditParts } from '../coupon/audit/audit-parts.ts'
import { createGate } from '../coupon/gate/gate.ts'
import { createGrantLog } from '../coupon/grant-log.ts'
import { grantsTopic, recorderGroup } from '../coupon/grant.ts'
import { createKeeper, repeat } from '../coupon/keeper.ts'
import { createPositions } from '../coupon/ledger/positions.ts'
import { createCouponBook } from '../coupon/ledger/coupons.ts'
import { createRecorder } from '../coupon/ledger/record.ts'
import { createRetirements } from '../coupon/ledger/retirements.ts'
import { createRetirement } from '../coupon/retirement.ts'
import { createSweep } from '../coupon/sweep.ts'
import { createDeadLetters } from './dead-letters.ts'
import { alignForEver, createProgress } from './progress.ts'
import { createRecording } from './recorder.ts'
import { workerSettings } from './settings.ts'

await runProcess(async (life) => {
  const settings = readSettings(workerSettings, process.env)
  const log = createLog('worker', settings.LOG_LEVEL)
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
  const topics = createTopics(kafka)
  const producer = createProducer(kafka)
  const redis = connectRedis({
    url: settings.REDIS_URL,
    // A rebuild writes thousands of winners a call.
    commandTimeoutMs: 5 * settings.GATE_TIMEOUT_MS,
    onFault: (message) => log.debug({ message }, 'Redis'),
  })
  const monotonicMs = (): number => performance.now()
  const partitions = (): Promise<number> => topics.partitions(grantsTopic)
  const progress = createProgress({
    positions: createPositions(database),
    topics,
    log,
    onUnplaced: () => alignment.now(),
  })
  const recording = createRecording({
    recorder: createRecorder(database),
    deadLetters: createDeadLetters(producer, { now: Date.now }),
    progress,
    log,
    batchSizeMax: settings.LEDGER_BATCH_SIZE_MAX,
  })
  const consumer = createConsumer({
    kafka,
    topic: grantsTopic,
    groupId: recorderGroup,
    log,
    onAssigned: progress.assigned,
    onCrash: (cause) => life.fail(`the consumer died: ${cause.message}`),
  })
  const alignment = alignForEver(progress, consumer, { intervalMs: 1_000, onRefused: life.fail })
  const gate = createGate(redis, { outboxGrantsMax: settings.OUTBOX_GRANTS_MAX })
  const armoryParts = createArmoryParts({
    redis,
    database,
    producer,
    partitions,
    refuseIfStopping: life.refuseIfStopping,
    log,
    soldOutMemoryMs: settings.SOLD_OUT_MEMORY_MS,
    monotonicMs,
  })
  const { gate: armingGate, campaigns, listing, logEnds } = armoryParts
  const keeper = createKeeper({
    gate: armingGate,
    armory: createArmory(armoryParts),
    grantLog: createGrantLog({
      producer,
      gate,
      log,
      partitions,
      publishDeadlineMs: settings.PUBLISH_DEADLINE_MS,
      publishInFlightMax: settings.PUBLISH_IN_FLIGHT_MAX,
      monotonicMs,
    }),
    campaigns,
    listing,
    log,
    overdueMs: settings.PUBLISH_DEADLINE_MS + settings.RELAY_MARGIN_MS,
  })
  const health = await serveHttp(
    createHealthRoutes([
      { name: 'ledger', ready: progress.isPlaced },
      {
        name: 'gates',
        ready: () => keeper.arming().length === 0,
        waitsFor: () => `arming ${keeper.arming().length} campaigns`,
      },
    ]),
    {
      host: settings.WORKER_HOST,
      port: settings.WORKER_PORT,
      keepAliveTimeoutMs: 5_000,
      requestTimeoutMs: 10_000,
      connectionsMax: 100,
    },
  )
  const sweep = createSweep({
    arming: armingGate,
    gate,
    coupons: createCouponBook(database),
    logEnds,
    producer,
    log,
    ageMs: 30_000,
    ledgerWaitMs: 5_000,
  })
  const logReader = createLogReader(kafka)
  const retirement = createRetirement({
    redis,
    gate,
    arming: armingGate,
    database,
    campaigns,
    retirements: createRetirements(database),
    audit: createAudit(createAuditParts({ redis, database, topics, reader: logReader })),
    log,
    gateLifetimeMs: settings.GATE_LIFETIME_MS,
    now: Date.now,
  })
  const keeping = repeat(keeper.look, settings.KEEPER_INTERVAL_MS)
  const sweeping = repeat(() => sweep.step(keeper.kept()), settings.SWEEP_INTERVAL_MS)
  const retiring = repeat(retirement.step, settings.RETIREMENT_INTERVAL_MS)
  life.onStop({ name: 'keeper', timeoutMs: 100, stop: keeping.stop })
  life.onStop({ name: 'sweep', timeoutMs: 100, stop: sweeping.stop })
  life.onStop({ name: 'retirement', timeoutMs: 100, stop: retiring.stop })
  life.onStop({ name: 'log reader', timeoutMs: 200, stop: logReader.close })
  life.onStop({ name: 'alignment', timeoutMs: 100, stop: alignment.stop })
  life.onStop({ name: 'consumer', timeoutMs: 5_000, stop: consumer.stop })
  life.onStop({ name: 'producer', timeoutMs: 1_000, stop: producer.close })
  life.onStop({ name: 'topics', timeoutMs: 500, stop: topics.close })
  life.onStop({ name: 'database', timeoutMs: 500, stop: database.close })
  life.onStop({ name: 'Redis', timeoutMs: 100, stop: redis.close })
  life.onStop({ name: 'health', timeoutMs: 500, stop: () => health.close(200) })
  await consumer.run(recording)
  log.info({ port: health.port }, 'the worker records grants')
})
