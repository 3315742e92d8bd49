import { randomUUIDv7 } from 'node:crypto'
import { join } from 'node:path'
import { createAuditProcess } from '../coupon/audit/audit-process.ts'
import { createCampaignChanger } from '../coupon/campaigns/change-campaign.ts'
import { listenForHints } from '../coupon/campaigns/listen-for-hints.ts'
import { createRegistry } from '../coupon/campaigns/registry.ts'
import { createRetiredCampaigns } from '../coupon/campaigns/retired-campaigns.ts'
import { watchIdentity } from '../coupon/deployment/identity.ts'
import { createGate } from '../coupon/gate/gate.ts'
import { createUnrecordedCampaigns } from '../coupon/gate/unrecorded-campaigns.ts'
import { createIssuer } from '../coupon/issue/issuer.ts'
import { createCouponRepository } from '../coupon/ledger/coupons.ts'
import { createPositionRepository } from '../coupon/ledger/positions.ts'
import { createRecordedCounts } from '../coupon/ledger/recorded-counts.ts'
import { createRedemptionRepository } from '../coupon/ledger/redemptions.ts'
import { createWinnerRepository } from '../coupon/ledger/winners.ts'
import { requireReadableLog } from '../coupon/log/require-readable-log.ts'
import { measureIssuer } from '../coupon/metrics/issuer.ts'
import { createProcessParts } from '../coupon/process/process-parts.ts'
import { createCouponReader } from '../coupon/reading/coupon-reader.ts'
import { createMissingRows } from '../coupon/redemption/missing-rows.ts'
import { createCouponRedeemer } from '../coupon/redemption/redeemer.ts'
import { examineInstallation } from '../coupon/requirements/examine-installation.ts'
import { logUnmetRequirements } from '../coupon/requirements/log-unmet-requirements.ts'
import { createRecentExamination } from '../coupon/requirements/recent-examination.ts'
import { redisConnection } from '../platform/connections/redis-connection.ts'
import { createBound } from '../platform/group-commit.ts'
import { createArrivalStamps } from '../platform/http/arrival-stamp.ts'
import { forwardedAddress } from '../platform/http/client-address.ts'
import { createEventHub } from '../platform/http/event-hub.ts'
import { createEventPlaces } from '../platform/http/event-places.ts'
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
import {
  countDisconnected,
  countRefused,
  measureAnswers,
  measureListeners,
  showServer,
} from './answer-metrics.ts'
import { createApp } from './app.ts'
import { createAuthenticator } from './authenticator.ts'
import { allowOrigins } from './cors.ts'
import { demoSignInOf } from './demo-sign-in.ts'
import { createCampaignEvents } from './events/campaign-events.ts'
import { createConsoleCampaigns } from './events/console-campaigns.ts'
import { createConsoleFrames } from './events/console-frames.ts'
import { gatewayOf } from './gateway-user.ts'
import { createLanes, type LaneOfTurns } from './lanes.ts'
import { createRateLimit, createUserCharges } from './rate-limit.ts'
import { echoRequestIds } from './request-id.ts'
import { consolesMax, consoleTopic } from './routes/admin-events.ts'
import { allRoutes } from './routes/all-routes.ts'
import { apiSettings } from './settings.ts'
import { showArrivals } from './show-arrivals.ts'
import { createRefusals } from './standing-refusals.ts'
import { startIssuerKeys } from './start-issuer-keys.ts'
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
      clientId: 'firstcome-api',
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
    const couponRepository = createCouponRepository(database)
    const unrecorded = createUnrecordedCampaigns(readingRedis)
    const coupons = createCouponReader({
      // Presses do not wait for lists.
      gate: createGate(readingRedis, { outboxGrantsMax: settings.OUTBOX_GRANTS_MAX }),
      unrecorded,
      registry,
      campaigns,
      coupons: couponRepository,
      listDeadlineMs: settings.LIST_DEADLINE_MS,
      log,
    })
    const redemptions = createRedemptionRepository(database)
    const redeemer = createCouponRedeemer(
      redemptions,
      createMissingRows({
        ...{ reader: coupons, coupons: couponRepository, unrecorded, monotonicMs },
        ...{ rowWaitMs: 1_000, waitersMax: 100 },
      }),
    )
    const audits = createAuditProcess(join(import.meta.dirname, '..', 'commands', 'audit', 'main.ts'))
    const issuerKeys = await startIssuerKeys({
      file: settings.JWKS_FILE,
      url: settings.JWKS_URL,
      refreshMs: settings.JWKS_REFRESH_MS,
      ...{ log, monotonicMs },
    })
    const countRefusal = countRefused(metrics, log)
    const addressRate = createRateLimit('address', { perSecond: settings.CLIENT_RATE_MAX, slots: 65_536 })
    const userRate = createRateLimit('user', { perSecond: settings.USER_RATE_MAX, slots: 131_072 })
    const authenticator = createAuthenticator({
      charges: createUserCharges(userRate, () => countRefusal('rate-of-user')),
      shoppers: {
        secret: settings.JWT_SECRET,
        previousSecret: settings.JWT_PREVIOUS_SECRET,
        issuer: settings.JWT_ISSUER,
        audience: settings.JWT_AUDIENCE,
        operatorClaim: settings.OPERATOR_CLAIM,
        leewayMs: settings.JWT_LEEWAY_MS,
        ...{ issuerKeys, now: Date.now },
      },
      adminToken: settings.ADMIN_TOKEN,
      operatorTokens: settings.OPERATORS,
      gateway: gatewayOf(settings),
    })
    // A full Redis still answers winners: no balancer may take the process out.
    const checks = [
      { name: 'warm', isReady: warmUp.isWarm },
      { name: 'keys', isReady: () => issuerKeys === undefined || issuerKeys.keySet() !== undefined },
      { ...room.check, isNotice: true as const },
    ]
    const health = createHealthRoutes(checks, life.isStopping)
    const places = createEventPlaces({
      listenersMax: settings.LISTENERS_MAX,
      listenersOfClientMax: settings.CLIENT_LISTENERS_MAX,
      proxies: settings.TRUSTED_PROXIES,
    })
    const consolePlaces = createEventPlaces({
      ...{ listenersMax: consolesMax, listenersOfClientMax: 0, proxies: settings.TRUSTED_PROXIES },
    })
    const consoleFrames = createConsoleFrames({
      campaigns: createConsoleCampaigns(registry, parts.armingParts.gate),
      topics,
      positions: createPositionRepository(database),
      counts: createRecordedCounts(database),
      metrics,
      watching: consolePlaces.taken,
      gateNowMs: registry.gateNowMs,
      monotonicMs,
      processId: String(process.pid),
    })
    const readCampaign = createCampaignEvents(registry, monotonicMs)
    const hub = createEventHub({
      read: (topic) =>
        topic === consoleTopic ? { event: consoleFrames.latest(), isLast: false } : readCampaign(topic),
      random: Math.random,
      onMissed: measureListeners(metrics, places.taken),
    })
    const routes = allRoutes({
      issuer,
      coupons,
      redeemer,
      redemptions,
      winners: createWinnerRepository(database),
      log,
      campaigns,
      retiredCampaigns: createRetiredCampaigns(campaigns),
      registry,
      hub,
      places,
      consolePlaces,
      consoleFrames,
      arming: parts.arming,
      changer: createCampaignChanger({
        ...{ campaigns, log, gateNowMs: registry.gateNowMs },
        // A process has read a change after two intervals, unless it cannot read its gate either.
        openingMarginMs: 5_000 + 2 * settings.REGISTRY_INTERVAL_MS,
        gate: parts.armingParts.gate,
        listing: parts.armingParts.listing,
        pauseDeadlineMs: settings.QUERY_TIMEOUT_MS,
        newChangeId: randomUUIDv7,
      }),
      addressOf: (request) =>
        forwardedAddress(request, settings.TRUSTED_PROXIES) ?? request.socket.remoteAddress,
      audits,
      servers: createRecentExamination({
        examine: () =>
          examineInstallation({ ...parts.installation, connectionsMax: settings.CONNECTIONS_MAX }),
        ...{ log, now: Date.now, monotonicMs },
        ...{ rememberMs: 10_000, timeoutMs: 5_000 },
      }),
      authenticator,
      embedders: settings.CORS_ORIGINS ?? [],
      demoSignIn: demoSignInOf(settings),
      monotonicMs,
      newCampaignId: randomUUIDv7,
      now: Date.now,
    })
    const refusals = createRefusals(addressRate?.refuse)
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
      repeat(async () => hub.step(), 250),
      repeat(consoleFrames.step, 1_000),
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
          rate: addressRate,
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
        stop: () => [audits, hub].forEach((part) => part.close()),
      },
      { name: 'server', timeoutMs: 4_800, stop: () => server.close(4_700, settings.STOP_DELAY_MS) },
      { name: 'grant log', timeoutMs: 1_500, stop: () => grantLog.drained(1_400) },
      {
        name: 'registry',
        timeoutMs: 100,
        stop: () => [registry, issuerKeys, ...watching].forEach((loop) => loop?.stop()),
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
