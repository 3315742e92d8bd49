import type { z } from 'zod'
import type { CampaignRepository } from '../../coupon/ledger/campaigns.ts'
import { pressingMs, pressingMsMax, type RehearsalPlan } from '../../coupon/rehearsal/rehearsal-terms.ts'
import type { Rehearser } from '../../coupon/rehearsal/rehearser.ts'
import { rehearsedCampaign } from '../../coupon/rehearsal-rule.ts'
import type { Authenticator } from '../authenticator.ts'
import { versionTag } from '../contract/campaign-change.ts'
import { campaignShape } from '../contract/campaign-shapes.ts'
import { fieldErrors } from '../contract/field-errors.ts'
import { withJson } from '../contract/json-body.ts'
import { newRehearsalShape } from '../contract/rehearsal-shapes.ts'
import { jsonResponse, noStoreHeaders } from '../json-response.ts'
import { type FieldError, invalidProblem, noCampaign, prepareProblem, problem } from '../problem.ts'
import type { Route } from '../route.ts'
import { type AddressOf, changeOriginOf } from './change-origin.ts'
import type { OperatorsView } from './operators-view.ts'

/** How large a rehearsal may be. */
export type RehearsalLimits = { shoppersMax: number; perSecondMax: number }

/** The rehearsals of this process. */
export type Rehearsals = RehearsalLimits & Pick<Rehearser, 'start'>

export type RehearsalRouteOptions = {
  campaigns: Pick<CampaignRepository, 'read'>
  authenticator: Authenticator
  addressOf: AddressOf
  toJson: OperatorsView
  /** Undefined where rehearsals are off. */
  rehearsals: Rehearsals | undefined
}

const off = prepareProblem(
  'rehearsals-off',
  'Rehearsals are off here. Set REHEARSAL_SHOPPERS_MAX above 0 to allow them.',
)

/** What is more than this deployment allows. */
export const findExcess = (
  asked: Pick<z.output<typeof newRehearsalShape>, 'shoppers' | 'perSecond' | 'stock'>,
  { shoppersMax, perSecondMax }: RehearsalLimits,
): FieldError[] => {
  const { shoppers, perSecond = perSecondMax, stock } = asked
  const faults: FieldError[] = []
  const expectAtMost = (pointer: string, value: number, max: number, what: string): void => {
    if (value > max) faults.push({ pointer, message: `expected at most ${max}, ${what}` })
  }
  expectAtMost('/shoppers', shoppers, shoppersMax, 'the REHEARSAL_SHOPPERS_MAX of this deployment')
  expectAtMost('/perSecond', perSecond, perSecondMax, 'the REHEARSAL_RATE_MAX of this deployment')
  expectAtMost('/stock', stock ?? 1, shoppers, 'one coupon for each shopper')
  const neededMs = pressingMs({ shoppers, perSecond })
  if (faults.length === 0 && neededMs > pressingMsMax)
    faults.push({
      pointer: asked.perSecond === undefined ? '/shoppers' : '/perSecond',
      message: `expected presses for at most ${pressingMsMax / 1_000} seconds: these take ${Math.ceil(neededMs / 1_000)}`,
    })
  return faults
}

/** Lets synthetic shoppers press at the shadow of a campaign. */
export const rehearsalRoute = (options: RehearsalRouteOptions): Route => {
  const { campaigns, authenticator, rehearsals } = options

  /** The campaign that is meant. To rehearse a rehearsal is to rehearse its campaign again. */
  const readOriginal = async (id: string) => {
    const campaign = await campaigns.read(id)
    const original = campaign === undefined ? undefined : rehearsedCampaign(campaign)
    return original === undefined ? campaign : campaigns.read(original)
  }

  const start = (own: Rehearsals) =>
    withJson<{ name: string }>(async (context, document, operator) => {
      const parsed = newRehearsalShape.safeParse(document)
      if (!parsed.success) return invalidProblem(fieldErrors(parsed.error.issues))
      const { shoppers, perSecond = own.perSecondMax, stock, reason } = parsed.data
      const faults = findExcess(parsed.data, own)
      if (faults.length > 0) return invalidProblem(faults)
      const campaign = await readOriginal(context.req.param('campaignId') ?? '')
      if (campaign === undefined) return noCampaign()
      const plan: RehearsalPlan = { shoppers, perSecond, stock }
      const origin = { ...changeOriginOf(context, operator, options.addressOf), reason }
      const started = await own.start(campaign, plan, origin)
      if (started.kind === 'under-way') {
        const { campaignId } = started
        return problem('rehearsal-under-way', `Campaign ${campaignId} is a rehearsal that has not ended.`, {
          fields: { campaignId },
        })
      }
      const shadow = { ...started.campaign, epoch: Math.max(1, started.campaign.epoch) }
      return jsonResponse(await options.toJson(shadow), 202, {
        ...noStoreHeaders,
        Location: `/v1/admin/campaigns/${shadow.id}`,
        ETag: versionTag(shadow.version),
      })
    })

  return {
    method: 'POST',
    path: '/v1/admin/campaigns/:campaignId/rehearsals',
    lane: 'change',
    caller: 'operator',
    operation: {
      id: 'rehearseCampaign',
      summary: 'Rehearse a campaign: synthetic shoppers press at a shadow of it',
      description:
        'The shadow is a campaign of its own, which no real shopper can see or win in, and whose coupons nobody can ' +
        'use. It closes by itself; the reason of its closure is the result. One at a time in a deployment.',
      body: newRehearsalShape,
      answers: {
        202: {
          description: 'The shadow campaign. Its shoppers have begun to press.',
          schema: campaignShape,
          headers: ['Location', 'ETag'],
        },
      },
      problems: ['rehearsals-off', 'rehearsal-under-way', 'unknown-campaign', 'unavailable', 'recovering'],
    },
    handle: authenticator.requireRole('operator', rehearsals === undefined ? () => off() : start(rehearsals)),
  }
}
