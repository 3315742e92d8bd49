import { randomUUIDv7 } from 'node:crypto'
import { join } from 'node:path'
import { grantsTopic } from '../coupon/log/topics.ts'
import { isPrimaryOf, superviseProcesses, sharesPort } from '../platform/process/cluster.ts'
import { createBound } from '../platform/group-commit.ts'
import { createHealthRoutes } from '../platform/http/health.ts'
import { requireFreePort, serveHttp } from '../platform/http/server.ts'
import { createKafka } from '../platform/kafka/client.ts'
import { createProducer } from '../platform/kafka/producer.ts'
import { createTopicAdmin } from '../platform/kafka/topic-admin.ts'
import { createLogger } from '../platform/log/logger.ts'
import { limitHeapGrowth } from '../platform/process/heap-growth.ts'
import {
  createMetrics,
  readClusterMetrics,
  serveMetrics,
  showReadiness,
} from '../platform/metrics/metrics.ts'
import { connectDatabase } from '../platform/mysql/database.ts'
import { runProcess } from '../platform/process/run-process.ts'
import { measureProducer } from '../platform/kafka/producer-metrics.ts'
import { connectRedis } from '../platform/redis.ts'
import { readSettings } from '../platform/settings.ts'
import { createArming } from '../coupon/recovery/arming.ts'
import { createArmingParts } from '../coupon/recovery/arming-parts.ts'
import { createCouponReader } from '../coupon/reading/coupon-reader.ts'
import { createGate } from '../coupon/gate/gate.ts'
import { measureGate } from '../coupon/metrics/gate.ts'
import { createGrantLog } from '../coupon/log/grant-log.ts'
import { measureGrantLog } from '../coupon/metrics/grant-log.ts'
import { createIssuer } from '../coupon/issue/issuer.ts'
import { measureIssuer } from '../coupon/metrics/issuer.ts'
import { createCouponRepository } from '../coupon/ledger/coupons.ts'
import { createRegistry } from '../coupon/campaigns/registry.ts'
import { listenForHints } from '../coupon/campaigns/listen-for-hints.ts'
import { warnOfRequirements } from '../coupon/requirements/warn.ts'
import { createRetiredCampaigns } from '../coupon/campaigns/retired-campaigns.ts'
import { measureArming } from '../coupon/metrics/recovery.ts'
import { auditRoute } from './routes/admin-audit.ts'
import { adminCampaignRoutes } from './routes/admin-campaigns.ts'
import { createAuditProcess } from './audit-process.ts'
import { countDisconnected, measureAnswers, showServer } from './answer-metrics.ts'
import { createApp } from './app.ts'
import { createAuthenticator } from './authenticator.ts'
import { campaignRoute } from './routes/campaigns.ts'
import { couponRoute, listUsableCouponsRoute, outcomeRoute } from './routes/coupons.ts'
import { issueRoute } from './routes/issue.ts'
import { problemPagesRoute } from './routes/problem-pages.ts'
import { echoRequestIds } from './request-id.ts'
import { apiSettings } from './settings.ts'
import { startWarmUp } from './warm-up.ts'

await runProcess(async (life) => {
  const settings = readSettings(apiSettings, process.env)
  const log = createLogger('api', settings.LOG_LEVEL)
  const monotonicMs = (): number => performance.now()
  const address = { host: settings.API_HOST, port: settings.API_PORT }
  const metricsAddress = { host: settings.METRICS_HOST, port: settings.API_METRICS_PORT }

  if (isPrimaryOf(settings.API_PROCESSES)) {
    await requireFreePort(address)
    await serveMetrics({ ...metricsAddress, read: readClusterMetrics })
    superviseProcesses({ count: settings.API_PROCESSES, life, log, monotonicMs })
    return
  }

  limitHeapGrowth()
  const metrics = createMetrics()
  const redisOptions = {
    url: settings.REDIS_URL,
    commandTimeoutMs: settings.GATE_TIMEOUT_MS,
    onFault: (message: string) => log.debug({ message }, 'Redis'),
  }
  const gateRedis = connectRedis(redisOptions)
  const redis = connectRedis(redisOptions)
  const subscriber = connectRedis(redisOptions)
  const kafka = createKafka({
    brokers: settings.KAFKA_BROKERS,
    clientId: 'firstcome-api',
    log,
    requestTimeoutMs: 10_000,
  })
  const producer = measureProducer(createProducer(kafka), metrics, monotonicMs)
  const topics = createTopicAdmin(kafka)
  const database = connectDatabase({
    url: settings.DATABASE_URL,
    connectionsMax: 8,
    queryTimeoutMs: settings.QUERY_TIMEOUT_MS,
  })

  const partitions = (): Promise<number> => topics.partitions(grantsTopic)
  const warmth = startWarmUp({ redis: gateRedis, producer, topics, log })
  const gate = measureGate(
    createGate(gateRedis, { outboxGrantsMax: settings.OUTBOX_GRANTS_MAX }),
    metrics,
    monotonicMs,
  )
  const registry = createRegistry({
    redis,
    gate: createGate(redis, { outboxGrantsMax: settings.OUTBOX_GRANTS_MAX }),
    log,
    intervalMs: settings.REGISTRY_INTERVAL_MS,
    monotonicMs,
    now: Date.now,
  })
  const grantLog = measureGrantLog(
    createGrantLog({
      producer,
      gate,
      log,
      partitions,
      publishDeadlineMs: settings.PUBLISH_DEADLINE_MS,
      publishInFlightMax: settings.PUBLISH_IN_FLIGHT_MAX,
      monotonicMs,
    }),
    metrics,
  )
  const queueBound = createBound(settings.ISSUE_QUEUE_MAX)
  const issuer = measureIssuer(
    createIssuer({
      gate,
      registry,
      grantLog,
      queueBound,
      batchSizeMax: settings.GATE_BATCH_SIZE_MAX,
      memoryMs: 2 * settings.REGISTRY_INTERVAL_MS,
      newCouponId: randomUUIDv7,
      monotonicMs,
    }),
    metrics,
    () => queueBound.held,
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
  const { campaigns } = armingParts
  const coupons = createCouponReader({ gate, registry, campaigns, book: createCouponRepository(database), log })
  const audits = createAuditProcess(join(import.meta.dirname, '..', 'commands', 'audit', 'main.ts'))
  const callers = createAuthenticator({ jwtSecret: settings.JWT_SECRET, adminToken: settings.ADMIN_TOKEN })

  const checks = [{ name: 'warm', isReady: warmth.isWarm }]
  const health = createHealthRoutes(checks, life.isStopping)
  const app = createApp(
    [
      issueRoute(issuer, callers, registry.gateNowMs),
      outcomeRoute(coupons, callers),
      listUsableCouponsRoute(coupons, callers),
      couponRoute(coupons, callers),
      campaignRoute(registry, createRetiredCampaigns(campaigns)),
      ...adminCampaignRoutes({
        campaigns,
        arming: measureArming(createArming(armingParts), metrics),
        registry,
        authenticator: callers,
        newCampaignId: randomUUIDv7,
        now: Date.now,
      }),
      auditRoute(audits, campaigns, callers),
      problemPagesRoute,
    ],
    health,
    log,
  )

  await registry.start()
  void listenForHints(subscriber, registry)
  const server = await serveHttp(measureAnswers(echoRequestIds(app), metrics, monotonicMs), {
    ...address,
    sharesPort: sharesPort(),
    keepAliveTimeoutMs: settings.KEEP_ALIVE_TIMEOUT_MS,
    requestTimeoutMs: settings.REQUEST_TIMEOUT_MS,
    inactivityTimeoutMs: settings.INACTIVITY_TIMEOUT_MS,
    connectionsMax: settings.CONNECTIONS_MAX,
    requestLimits: {
      inFlightMax: settings.REQUESTS_IN_FLIGHT_MAX,
      bound: queueBound,
      readersMax: settings.CONNECTIONS_MAX,
      urgent: health.routes.map(({ path }) => path),
      onLeft: countDisconnected(metrics),
    },
  })
  showReadiness(checks, metrics)
  showServer({ registry, server }, metrics)
  const metricsServer = await serveMetrics({ ...metricsAddress, read: metrics.read })
  life.onStop({ name: 'audits', timeoutMs: 100, stop: audits.close })
  life.onStop({
    name: 'server',
    timeoutMs: 4_800,
    stop: () => server.close(4_700, settings.STOP_DELAY_MS),
  })
  life.onStop({ name: 'grant log', timeoutMs: 1_500, stop: () => grantLog.drained(1_400) })
  life.onStop({ name: 'registry', timeoutMs: 100, stop: registry.stop })
  life.onStop({
    name: 'Kafka',
    timeoutMs: 500,
    stop: () => Promise.all([producer.close(), topics.close()]),
  })
  life.onStop({ name: 'database', timeoutMs: 300, stop: database.close })
  life.onStop({
    name: 'Redis',
    timeoutMs: 100,
    stop: () => [gateRedis, redis, subscriber].forEach((client) => client.close()),
  })
  life.onStop({ name: 'metrics', timeoutMs: 100, stop: () => metricsServer.close(50) })
  log.info(
    { ...address, port: server.port, metrics: metricsServer.location, pid: process.pid },
    'the API listens',
  )
  void warnOfRequirements(
    {
      ...{ redis, kafka, database, now: Date.now },
      redisUrl: settings.REDIS_URL,
      brokers: settings.KAFKA_BROKERS,
      databaseUrl: settings.DATABASE_URL,
      connectionsMax: settings.CONNECTIONS_MAX,
    },
    log,
  )
})
