import { accepts } from 'hono/accepts'
import type { Campaign } from '../../coupon/campaign.ts'
import type { CampaignRepository } from '../../coupon/ledger/campaigns.ts'
import type { WinnerRepository } from '../../coupon/ledger/winners.ts'
import { messageOf } from '../../platform/failure.ts'
import { alreadySent } from '../../platform/http/already-sent.ts'
import type { Logger } from '../../platform/log/logger.ts'
import type { Authenticator } from '../authenticator.ts'
import { csvLine } from '../contract/csv.ts'
import { pageQuery } from '../contract/page.ts'
import { encodeRankCursor, readRankPage } from '../contract/rank-page.ts'
import { toWinnerJson, winnerColumns, winnerListShape } from '../contract/winner-shapes.ts'
import { jsonResponse, noStoreHeaders } from '../json-response.ts'
import { invalidProblem, noCampaign, prepareProblem } from '../problem.ts'
import { pulledBody } from '../pulled-body.ts'
import type { HttpContext, Route } from '../route.ts'

export type WinnersOptions = {
  campaigns: Pick<CampaignRepository, 'read'>
  winners: WinnerRepository
  authenticator: Authenticator
  gateNowMs(): number
  log: Pick<Logger, 'warn'>
}

/** Each reads the database as fast as its client takes it, beside the shoppers. */
const exportsMax = 2

const tooManyExports = prepareProblem('overloaded', `This process is already exporting ${exportsMax} lists.`)

/** The winners of a campaign: pages of JSON, or all of them as CSV. */
export const winnersRoute = (options: WinnersOptions): Route => {
  const { campaigns, winners, authenticator, gateNowMs, log } = options
  let exporting = 0

  const csvOf = async function* ({ id, coupon }: Campaign): AsyncGenerator<string> {
    yield winnerColumns
    for await (const chunk of winners.all(id)) {
      const nowMs = gateNowMs()
      yield chunk.map((winner) => csvLine(Object.values(toWinnerJson(winner, coupon, nowMs)))).join('')
    }
  }

  const answerCsv = (context: HttpContext, campaign: Campaign): Response => {
    const { outgoing } = context.env
    // Who has left while the campaign was read is closed already, and would keep the place for good.
    if (outgoing.destroyed) return alreadySent
    if (exporting >= exportsMax) return tooManyExports()
    exporting += 1
    // However the answer ends: sent, broken off, or never begun.
    outgoing.once('close', () => (exporting -= 1))
    const breakOff = (cause: unknown): void => {
      log.warn({ cause: messageOf(cause), campaignId: campaign.id }, 'an export of winners broke off')
      outgoing.destroy()
    }
    return new Response(pulledBody(csvOf(campaign), breakOff), {
      headers: {
        ...noStoreHeaders,
        'Content-Type': 'text/csv; charset=utf-8; header=present',
        'Content-Disposition': `attachment; filename="winners-${campaign.id}.csv"`,
        Vary: 'Accept',
      },
    })
  }

  const answerPage = async (
    { id, coupon }: Campaign,
    { fromRank, limit }: { fromRank: number; limit: number },
  ): Promise<Response> => {
    const page = await winners.page(id, fromRank, limit)
    const items = page.winners.map((winner) => toWinnerJson(winner, coupon, gateNowMs()))
    const nextCursor = page.nextRank === undefined ? null : encodeRankCursor(page.nextRank)
    return jsonResponse({ items, nextCursor }, 200, { ...noStoreHeaders, Vary: 'Accept' })
  }

  return {
    method: 'GET',
    path: '/v1/admin/campaigns/:campaignId/winners',
    lane: 'ledger',
    caller: 'viewer',
    operation: {
      id: 'listWinners',
      summary: 'The winners of a campaign that the database has, by rank',
      description:
        'With `Accept: text/csv` all of them, as one file. Two of those at once in a process: a third is 503 `overloaded`. A page can have fewer than `limit` items and yet not be the last.',
      query: pageQuery,
      answers: {
        200: { description: 'A page of them, or all.', schema: winnerListShape, alsoAs: 'text/csv' },
      },
      problems: ['unknown-campaign', 'unavailable'],
    },
    handle: authenticator.requireRole('viewer', async (context) => {
      const types = ['application/json', 'text/csv']
      const type = accepts(context, { header: 'Accept', supports: types, default: 'application/json' })
      const page = readRankPage(context)
      if (Array.isArray(page)) return invalidProblem(page)
      const campaign = await campaigns.read(context.req.param('campaignId') ?? '')
      if (campaign === undefined) return noCampaign()
      return type === 'text/csv' ? answerCsv(context, campaign) : answerPage(campaign, page)
    }),
  }
}
