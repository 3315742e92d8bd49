import { randomUUIDv7 } from 'node:crypto'
import { join } from 'node:path'
import { createAuditProcess } from '../coupon/audit/audit-process.ts'
import { createCampaignChanger } from '../coupon/campaigns/change-campaign.ts'
import { listenForHints } from '../coupon/campaigns/listen-for-hints.ts'
import { createRegistry } from '../coupon/campaigns/registry.ts'
import { createRetiredCampaigns } from '../coupon/campaigns/retired-campaigns.ts'
import { watchIdentity } from '../coupon/deployment/identity.ts'
import { createGate } from '../coupon/gate/gate.ts'
import { createIssuer } from '../coupon/issue/issuer.ts'
import { requireReadableLog } from '../coupon/log/require-readable-log.ts'
import { measureIssuer } from '../coupon/metrics/issuer.ts'
import { createProcessParts } from '../coupon/process/process-parts.ts'
import { examineInstallation } from '../coupon/requirements/examine-installation.ts'
import { logUnmetRequirements } from '../coupon/requirements/log-unmet-requirements.ts'
import { createRecentExamination } from '../coupon/requirements/recent-examination.ts'
import { redisConnection } from '../platform/connections/redis-connection.ts'
import { createBound } from '../platform/group-commit.ts'
import { createArrivalStamps } from '../platform/http/arrival-stamp.ts'
import { forwardedAddress } from '../platform/http/client-address.ts'
import { createHealthRoutes } from '../platform/http/health.ts'
import { requireFreePort, serveHttp } from '../platform/http/server.ts'
import type { LaneLimits } from '../platform/http/turns.ts'
import { createLogger } from '../platform/log/logger.ts'
import { readClusterMetrics, serveMetrics, showReadiness } from '../platform/metrics/metrics.ts'
import { canSharePort, runInProcesses } from '../platform/process/cluster.ts'
import { tuneGarbageCollection } from '../platform/process/garbage-collection.ts'
import { runProcess } from '../platform/process/run-process.ts'
import { connectRedis, type RedisClient } from '../platform/redis.ts'
import { repeat } from '../platform/repeat.ts'
import { readSettings } from '../platform/settings.ts'
import { countDisconnected, countRefused, measureAnswers, showServer } from './answer-metrics.ts'
import { createApp } from './app.ts'
import { allowOrigins } from './cors.ts'
import { demoSignInOf } from './demo-sign-in.ts'
import { createLanes, type LaneOfTurns } from './lanes.ts'
import { createCallerParts } from './parts/caller-parts.ts'
import { createCouponParts } from './parts/coupon-parts.ts'
import { createLetterParts } from './parts/letter-parts.ts'
import { createRehearsalParts } from './parts/rehearsal-parts.ts'
import { createStreamParts } from './parts/stream-parts.ts'
import { echoRequestIds } from './request-id.ts'
import { allRoutes } from './routes/all-routes.ts'
import { apiSettings } from './settings.ts'
import { showArrivals } from './show-arrivals.ts'
import { createRefusals } from './standing-refusals.ts'
import { startWarmUp } from './warm-up.ts'

await runProcess(async (life) => {
  const settings = readSettings(apiSettings, process.env)
  const log = createLogger('api', settings.LOG_LEVEL)
  const monotonicMs = (): number => performance.now()
  const address = { host: settings.API_HOST, port: settings.API_PORT }
  const metricsAddress = { host: settings.METRICS_HOST, port: settings.API_METRICS_PORT }
  const prepare = async (): Promise<void> => {
    await requireFreePort(address)
    await serveMetrics({ ...metricsAddress, read: readClusterMetrics })
  }

  await runInProcesses({ count: settings.API_PROCESSES, life, log, monotonicMs, prepare }, async () => {
    tuneGarbageCollection()
    const connect = (): RedisClient =>
      connectRedis({
        ...redisConnection(settings),
        commandTimeoutMs: settings.GATE_TIMEOUT_MS,
        onError: (message) => log.debug({ message }, 'Redis connection failed'),
      })
    const [gateRedis, readingRedis, redis, subscriber] = [connect(), connect(), connect(), connect()]
    const parts = createProcessParts({
      settings,
      kind: 'api',
      databaseConnectionsMax: 8,
      redis,
      gateRedis,
      log,
      life,
      monotonicMs,
    })
    const { metrics, producer, topics, identity, database, gate, grantLog, campaigns, room } = parts
    await Promise.all([identity.compare(), requireReadableLog(parts.kafka)])
    const warmUp = startWarmUp({ redis: gateRedis, producer, topics, log })
    const registry = createRegistry({
      redis,
      gate: createGate(redis, { outboxGrantsMax: settings.OUTBOX_GRANTS_MAX }),
      log,
      intervalMs: settings.REGISTRY_INTERVAL_MS,
      monotonicMs,
      now: Date.now,
    })
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
    const audits = createAuditProcess(join(import.meta.dirname, '..', 'commands', 'audit', 'main.ts'))
    const countRefusal = countRefused(metrics, log)
    const callers = await createCallerParts({
      ...{ settings, log, monotonicMs },
      onFastUser: () => countRefusal('rate-of-user'),
    })
    // A full Redis still answers winners: no balancer may take the process out.
    const checks = [
      { name: 'warm', isReady: warmUp.isWarm },
      { name: 'keys', isReady: callers.hasKeys },
      { ...room.check, isNotice: true as const },
    ]
    const health = createHealthRoutes(checks, life.isStopping)
    const streams = createStreamParts({ settings, parts, registry, monotonicMs })
    const changer = createCampaignChanger({
      ...{ campaigns, log, gateNowMs: registry.gateNowMs },
      // A process has read a change after two intervals, unless it cannot read its gate either.
      openingMarginMs: 5_000 + 2 * settings.REGISTRY_INTERVAL_MS,
      gate: parts.armingParts.gate,
      listing: parts.armingParts.listing,
      pauseDeadlineMs: settings.QUERY_TIMEOUT_MS,
      newChangeId: randomUUIDv7,
    })
    const rehearsing = createRehearsalParts({ settings, parts, registry, issuer, changer, log, monotonicMs })
    const routes = allRoutes({
      issuer,
      ...createCouponParts({ settings, parts, redis: readingRedis, registry, log, monotonicMs }),
      ...streams,
      log,
      campaigns,
      retiredCampaigns: createRetiredCampaigns(campaigns),
      registry,
      arming: parts.arming,
      changer,
      rehearsals: rehearsing.rehearsals,
      addressOf: (request) =>
        forwardedAddress(request, settings.TRUSTED_PROXIES) ?? request.socket.remoteAddress,
      audits,
      deadLetters: createLetterParts({ parts, log, monotonicMs }),
      servers: createRecentExamination({
        examine: () =>
          examineInstallation({ ...parts.installation, connectionsMax: settings.CONNECTIONS_MAX }),
        ...{ log, now: Date.now, monotonicMs },
        ...{ rememberMs: 10_000, timeoutMs: 5_000 },
      }),
      authenticator: callers.authenticator,
      embedders: settings.CORS_ORIGINS ?? [],
      demoSignIn: demoSignInOf(settings),
      monotonicMs,
      newCampaignId: randomUUIDv7,
      now: Date.now,
    })
    const refusals = createRefusals(callers.addressRate?.refuse)
    const answering = allowOrigins(
      echoRequestIds(refusals.wrap(createApp(routes, health, log))),
      settings.CORS_ORIGINS ?? [],
    )
    const stamps =
      settings.ARRIVAL_STAMPS === 'true'
        ? createArrivalStamps({ processId: process.pid, monotonicNs: process.hrtime.bigint })
        : undefined
    const showing = stamps === undefined ? answering : showArrivals(answering, stamps)
    const app = measureAnswers(showing, metrics, monotonicMs)
    const inFlightMax = settings.REQUESTS_IN_FLIGHT_MAX
    const createReadLane = (): LaneLimits => ({
      inFlightMax,
      queueBound: createBound(settings.CONNECTIONS_MAX),
      onFull: (request) => refusals.add(request, 'overloaded'),
    })
    const lanes: Record<LaneOfTurns, LaneLimits> = {
      // Its routes refuse by the same bound, and count it.
      change: { inFlightMax, queueBound },
      ledger: createReadLane(),
      read: createReadLane(),
    }
    await registry.start()
    void listenForHints(subscriber, registry)
    const watching = [
      repeat(watchIdentity(identity, life.fail), 10_000),
      repeat(room.step, 1_000),
      repeat(parts.sampler.step, 1_000),
      repeat(async () => streams.hub.step(), 250),
      repeat(streams.consoleFrames.step, 1_000),
    ]
    const server = await serveHttp(app, {
      ...address,
      reusePort: canSharePort(),
      keepAliveTimeoutMs: settings.KEEP_ALIVE_TIMEOUT_MS,
      requestTimeoutMs: settings.REQUEST_TIMEOUT_MS,
      inactivityTimeoutMs: settings.INACTIVITY_TIMEOUT_MS,
      connectionsMax: settings.CONNECTIONS_MAX,
      requestLimits: {
        laneOf: createLanes(routes, settings.USER_HEADER),
        lanes,
        clients: {
          connectionsMax: settings.CLIENT_CONNECTIONS_MAX,
          requestsMax: settings.CLIENT_REQUESTS_MAX,
          proxies: settings.TRUSTED_PROXIES,
          rate: callers.addressRate,
        },
        ...(stamps === undefined ? {} : { onArrival: stamps.note }),
        onDisconnected: countDisconnected(metrics),
        onRefused(reason, request) {
          countRefusal(reason)
          const refusal = reason === 'rate-of-client' ? 'fast-address' : 'crowded-address'
          if (request !== undefined) refusals.add(request, refusal)
        },
      },
    })
    showReadiness(checks, metrics)
    showServer({ registry, server }, metrics)
    const metricsServer = await serveMetrics({ ...metricsAddress, read: metrics.read })
    const closeRedis = (): void =>
      [gateRedis, readingRedis, redis, subscriber].forEach((client) => client.close())
    life.onStop(
      {
        name: 'audits and streams',
        timeoutMs: 100,
        stop: () => [audits, streams.hub].forEach((part) => part.close()),
      },
      {
        name: 'server and rehearsals',
        timeoutMs: 4_800,
        stop: () => Promise.all([server.close(4_700, settings.STOP_DELAY_MS), rehearsing.stop()]),
      },
      { name: 'grant log', timeoutMs: 1_500, stop: () => grantLog.drained(1_400) },
      {
        name: 'registry',
        timeoutMs: 100,
        stop: () => [registry, callers, ...watching].forEach((loop) => loop.stop()),
      },
      { name: 'Kafka', timeoutMs: 500, stop: parts.closeKafka },
      { name: 'database', timeoutMs: 300, stop: database.close },
      { name: 'Redis', timeoutMs: 100, stop: closeRedis },
      { name: 'metrics', timeoutMs: 100, stop: () => metricsServer.close(50) },
    )
    const { port } = server
    log.info({ ...address, port, metrics: metricsServer.location, pid: process.pid }, 'the API is listening')
    void logUnmetRequirements({ ...parts.installation, connectionsMax: settings.CONNECTIONS_MAX }, log)
  })
})
