import type { AuditProcess } from '../../coupon/audit/audit-process.ts'
import type { Issuer } from '../../coupon/issue/issuer.ts'
import type { CouponReader } from '../../coupon/reading/coupon-reader.ts'
import type { Route } from '../route.ts'
import { auditRoute } from './admin-audit.ts'
import { type AdminCampaignsOptions, adminCampaignRoutes } from './admin-campaigns.ts'
import { type AdminChangesOptions, adminChangeRoutes } from './admin-changes.ts'
import { type SupportOptions, supportRoutes } from './admin-coupons.ts'
import { type AdminEventsOptions, adminEventsRoute } from './admin-events.ts'
import { adminMeRoute } from './admin-me.ts'
import { type PreflightOptions, plannedPreflightRoute, preflightRoute } from './admin-preflight.ts'
import { type RehearsalRouteOptions, rehearsalRoute } from './admin-rehearsals.ts'
import { adminServersRoute } from './admin-servers.ts'
import { type TimelineOptions, timelineRoute } from './admin-timeline.ts'
import { type CampaignEventsOptions, campaignEventsRoute } from './campaign-events.ts'
import { campaignRoute, createKnownReader, createPublicReader } from './campaigns.ts'
import { couponRoute, listUsableCouponsRoute, outcomeRoute } from './coupons.ts'
import { type DeadLetterOptions, deadLetterRoutes } from './dead-letters.ts'
import { issueRoute } from './issue.ts'
import { createSalesList } from './list-sales.ts'
import { withOpenApi } from './openapi.ts'
import { createOperatorsView } from './operators-view.ts'
import { type PagesOptions, pageRoutes } from './pages.ts'
import { problemPagesRoute } from './problem-pages.ts'
import { type RedemptionRoutesOptions, redemptionRoutes } from './redemptions.ts'
import { timeRoute } from './time.ts'
import { type WinnersOptions, winnersRoute } from './winners.ts'

export type RoutesOptions = AdminCampaignsOptions &
  PreflightOptions &
  Omit<AdminChangesOptions, 'toJson'> &
  Omit<RehearsalRouteOptions, 'toJson'> &
  CampaignEventsOptions &
  AdminEventsOptions &
  TimelineOptions &
  RedemptionRoutesOptions &
  DeadLetterOptions &
  Omit<SupportOptions, 'gateNowMs'> &
  Omit<WinnersOptions, 'gateNowMs'> & {
    issuer: Issuer
    coupons: CouponReader
    audits: AuditProcess
  } & Pick<PagesOptions, 'embedders' | 'demoSignIn'> & { monotonicMs(): number }

/** Every route of docs/api.md but the health checks. */
export const allRoutes = (options: RoutesOptions): Route[] => {
  const { issuer, coupons, retiredCampaigns, audits, campaigns, registry, authenticator } = options
  const readPublic = createPublicReader(registry, retiredCampaigns)
  const toJson = createOperatorsView(registry)
  return withOpenApi([
    issueRoute(issuer, authenticator, registry.gateNowMs),
    outcomeRoute(coupons, authenticator),
    listUsableCouponsRoute(coupons, authenticator),
    couponRoute(coupons, authenticator),
    ...redemptionRoutes(options),
    campaignRoute(readPublic),
    campaignEventsRoute(options),
    ...adminCampaignRoutes(options),
    ...adminChangeRoutes({ ...options, toJson }),
    rehearsalRoute({ ...options, toJson }),
    preflightRoute(options),
    plannedPreflightRoute(options),
    adminServersRoute(options),
    auditRoute(audits, campaigns, authenticator),
    adminEventsRoute(options),
    adminMeRoute(authenticator, options.rehearsals),
    ...supportRoutes({ ...options, gateNowMs: registry.gateNowMs }),
    timelineRoute(options),
    winnersRoute({ ...options, gateNowMs: registry.gateNowMs }),
    ...deadLetterRoutes(options),
    timeRoute(registry.gateNowMs),
    problemPagesRoute,
    ...pageRoutes({
      ...options,
      readPublic: createKnownReader(registry, readPublic),
      listSales: createSalesList(registry, options.monotonicMs),
    }),
  ])
}
