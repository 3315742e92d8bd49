import type { CampaignTerms } from '../../coupon/campaign.ts'
import { findDoubts, moneyOf, type Planned } from '../../coupon/campaigns/preflight.ts'
import type { Registry } from '../../coupon/campaigns/registry.ts'
import { findPointlessTimes } from '../../coupon/campaigns/terms-rules.ts'
import { isKnownTimeZone, zonedTime } from '../../coupon/campaigns/time-zone.ts'
import type { CampaignRepository } from '../../coupon/ledger/campaigns.ts'
import type { RecentExamination } from '../../coupon/requirements/recent-examination.ts'
import { type Language, preferredLanguage } from '../../web/texts/language.ts'
import type { Authenticator } from '../authenticator.ts'
import { formatTime } from '../contract/answers.ts'
import { createCampaignShape } from '../contract/create-campaign.ts'
import { fieldErrors } from '../contract/field-errors.ts'
import { withJson } from '../contract/json-body.ts'
import { plannedPreflightShape, preflightShape } from '../contract/preflight-shape.ts'
import { doubtText, preflightWords, type ServersInShort } from '../contract/preflight-words.ts'
import { jsonResponse, noStoreHeaders } from '../json-response.ts'
import { invalidProblem, noCampaign } from '../problem.ts'
import { type HttpContext, headerOf, type Route } from '../route.ts'

export type PreflightOptions = {
  campaigns: Pick<CampaignRepository, 'read'>
  registry: Pick<Registry, 'gateNowMs'>
  servers: RecentExamination
  authenticator: Authenticator
}

type Examined = Awaited<ReturnType<RecentExamination['read']>>

const toServersJson = (examined: Examined) =>
  examined === undefined
    ? null
    : {
        examinedAt: formatTime(examined.atMs),
        unread: examined.examinations.flatMap(({ isRead, place }) => (isRead ? [] : [place])),
        findings: examined.examinations
          .flatMap(({ findings }) => findings)
          .filter(({ level }) => level !== 'ok'),
      }

const toTimesJson = ({ opensAtMs, closesAtMs, coupon, timeZone = 'UTC' }: CampaignTerms) => {
  const zone = isKnownTimeZone(timeZone) ? timeZone : 'UTC'
  const both = (ms: number) => ({ at: formatTime(ms), local: zonedTime(ms, zone) })
  return {
    timeZone,
    opensAt: both(opensAtMs),
    closesAt: both(closesAtMs),
    usableFrom: both(coupon.usableFromMs),
    usableUntil: both(coupon.usableUntilMs),
  }
}

const toPreflightJson = (campaign: Planned, examined: Examined, nowMs: number, language: Language) => {
  const [money, doubts, servers] = [moneyOf(campaign), findDoubts(campaign, nowMs), toServersJson(examined)]
  const levels = servers?.findings.map(({ level }) => level) ?? []
  const inShort: ServersInShort =
    servers === null
      ? undefined
      : {
          failed: levels.filter((level) => level === 'failed').length,
          warnings: levels.filter((level) => level === 'warning').length,
          unread: servers.unread.length,
        }
  const all = [...levels, ...doubts.map(({ level }) => level), ...(servers === null ? ['warning'] : [])]
  return {
    serverTime: formatTime(nowMs),
    verdict: all.includes('failed') ? 'failed' : all.includes('warning') ? 'warning' : 'ok',
    words: preflightWords(campaign, { money, doubts, servers: inShort }, language),
    money: money.kind === 'amount' ? { ...money, currency: money.currency ?? null } : money,
    who: { eligibility: campaign.eligibility ?? [], perUserLimit: campaign.perUserLimit },
    times: toTimesJson(campaign),
    doubts: doubts.map((doubt) => ({ ...doubt, message: doubtText(doubt, language) })),
    servers,
  }
}

/** Answers in the language of the caller. */
const inLanguage = (context: HttpContext, toJson: (language: Language) => object): Response => {
  const language = preferredLanguage(headerOf(context, 'accept-language'))
  const headers = { ...noStoreHeaders, 'Content-Language': language, Vary: 'Accept-Language' }
  return jsonResponse(toJson(language), 200, headers)
}

/** What a campaign would do as it is, before people meet it. It reads settings and servers, and no gate. */
export const preflightRoute = ({ campaigns, registry, servers, authenticator }: PreflightOptions): Route => ({
  method: 'GET',
  path: '/v1/admin/campaigns/:campaignId/preflight',
  lane: 'ledger',
  caller: 'viewer',
  operation: {
    id: 'preflightCampaign',
    summary: 'What a campaign would do: money, who, when, what contradicts, and whether the servers are fit',
    answers: { 200: { description: 'The result, whatever the verdict is.', schema: preflightShape } },
    problems: ['unknown-campaign', 'unavailable'],
  },
  handle: authenticator.requireRole('viewer', async (context) => {
    const id = context.req.param('campaignId') ?? ''
    const [campaign, examined] = await Promise.all([campaigns.read(id), servers.read()])
    if (campaign === undefined) return noCampaign()
    return inLanguage(context, (language) => ({
      ...{ campaignId: campaign.id, version: campaign.version },
      ...toPreflightJson(campaign, examined, registry.gateNowMs(), language),
    }))
  }),
})

/** The same for a campaign that does not exist. It refuses what its creation would, and creates nothing. */
export const plannedPreflightRoute = ({
  registry,
  servers,
  authenticator,
}: Omit<PreflightOptions, 'campaigns'>): Route => ({
  method: 'POST',
  path: '/v1/admin/preflight',
  lane: 'ledger',
  caller: 'viewer',
  operation: {
    id: 'preflightNewCampaign',
    summary: 'What a campaign would do if it were created, which it is not',
    body: createCampaignShape,
    answers: { 200: { description: 'The result, whatever the verdict is.', schema: plannedPreflightShape } },
    problems: [],
  },
  handle: authenticator.requireRole(
    'viewer',
    withJson(async (context, document) => {
      const parsed = createCampaignShape.safeParse(document)
      if (!parsed.success) return invalidProblem(fieldErrors(parsed.error.issues))
      const faults = findPointlessTimes(parsed.data, registry.gateNowMs())
      if (faults.length > 0) return invalidProblem(faults)
      const planned: Planned = { ...parsed.data, state: 'open' }
      const examined = await servers.read()
      return inLanguage(context, (language) =>
        toPreflightJson(planned, examined, registry.gateNowMs(), language),
      )
    }),
  ),
})
