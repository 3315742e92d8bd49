import type { z } from 'zod'
import type { AskedChange, CampaignChanger } from '../../coupon/campaigns/change-campaign.ts'
import type { CampaignRepository } from '../../coupon/ledger/campaigns.ts'
import type { RecordedChange } from '../../coupon/ledger/change-settings.ts'
import type { Authenticator } from '../authenticator.ts'
import { formatTime, toTermsJson } from '../contract/answers.ts'
import {
  changeShape,
  ifMatchValue,
  parseIfMatch,
  stockChangeShape,
  versionTag,
} from '../contract/campaign-change.ts'
import { campaignShape, changeListShape } from '../contract/campaign-shapes.ts'
import { fieldErrors } from '../contract/field-errors.ts'
import { withJson } from '../contract/json-body.ts'
import type { Operation } from '../contract/operation.ts'
import { jsonResponse, noStoreHeaders } from '../json-response.ts'
import { invalidProblem, noCampaign, prepareProblem, problem } from '../problem.ts'
import { type Handler, headerOf, type Route } from '../route.ts'
import { type AddressOf, changeOriginOf } from './change-origin.ts'
import type { OperatorsView } from './operators-view.ts'

export type AdminChangesOptions = {
  campaigns: CampaignRepository
  changer: CampaignChanger
  authenticator: Authenticator
  toJson: OperatorsView
  addressOf: AddressOf
}

const path = '/v1/admin/campaigns/:campaignId'
/** More than a campaign has that people change by hand. */
const changesMax = 1_000

const noVersion = prepareProblem(
  'version-required',
  'Send If-Match with the ETag of the campaign, or * to change whichever version it has.',
)

const toChangeJson = ({ version, action, settings, atMs, by, from, reason }: RecordedChange) => ({
  ...{ version, action, at: formatTime(atMs), by, from, reason },
  settings: {
    name: settings.name,
    stock: settings.stock,
    perUserLimit: settings.perUserLimit,
    opensAt: formatTime(settings.opensAtMs),
    closesAt: formatTime(settings.closesAtMs),
    coupon: toTermsJson(settings.coupon),
  },
})

/** The routes by which operators change a campaign, and read what was changed. */
export const adminChangeRoutes = (options: AdminChangesOptions): Route[] => {
  const { campaigns, changer, authenticator, toJson, addressOf } = options

  const changing = <Shape extends z.ZodType<{ reason: string }>>(
    shape: Shape,
    askedOf: (body: z.output<Shape>) => AskedChange,
  ): Handler =>
    authenticator.requireRole(
      'operator',
      withJson(async (context, document, operator) => {
        const parsed = shape.safeParse(document)
        if (!parsed.success) return invalidProblem(fieldErrors(parsed.error.issues))
        const ifMatch = parseIfMatch(headerOf(context, 'if-match'))
        if (ifMatch === undefined) return noVersion()
        const outcome = await changer.change(context.req.param('campaignId') ?? '', askedOf(parsed.data), {
          ifVersion: ifMatch === 'any' ? undefined : ifMatch,
          origin: { ...changeOriginOf(context, operator, addressOf), reason: parsed.data.reason },
        })
        switch (outcome.kind) {
          case 'unknown-campaign':
            return noCampaign()
          case 'refused':
            return problem('frozen', outcome.why)
          case 'version': {
            const { version } = outcome.campaign
            return problem('version', `The campaign has version ${version} now. Read it again.`, {
              headers: { ETag: versionTag(version) },
            })
          }
          case 'changed':
            return jsonResponse(await toJson(outcome.campaign), outcome.applied ? 200 : 202, {
              ...noStoreHeaders,
              ETag: versionTag(outcome.campaign.version),
              ...(outcome.applied ? {} : { 'Retry-After': '1' }),
            })
        }
      }),
    )
  const route = (
    method: 'POST' | 'PUT',
    name: string,
    { id, summary, body }: Required<Pick<Operation, 'id' | 'summary' | 'body'>>,
    handle: Handler,
  ): Route => ({
    ...{ method, handle },
    path: `${path}/${name}`,
    lane: 'change',
    caller: 'operator',
    operation: {
      ...{ id, summary, body },
      headers: { 'If-Match': ifMatchValue },
      answers: {
        200: { description: 'The gate has the change.', schema: campaignShape, headers: ['ETag'] },
        202: {
          description: 'The change is recorded, and is brought to the gate without another request.',
          schema: campaignShape,
          headers: ['ETag', 'Retry-After'],
        },
      },
      problems: ['unknown-campaign', 'frozen', 'version', 'version-required', 'unavailable'],
    },
  })

  const changes: Route = {
    method: 'GET',
    path: `${path}/changes`,
    lane: 'ledger',
    caller: 'viewer',
    operation: {
      id: 'listChanges',
      summary: 'Who changed what, when and why: the newest 1,000 changes, newest first',
      answers: { 200: { description: 'The changes.', schema: changeListShape } },
      problems: ['unknown-campaign', 'unavailable'],
    },
    handle: authenticator.requireRole('viewer', async (context) => {
      const id = context.req.param('campaignId') ?? ''
      if ((await campaigns.read(id)) === undefined) return noCampaign()
      const found = await campaigns.changes(id, changesMax)
      return jsonResponse({ items: found.map(toChangeJson) }, 200, noStoreHeaders)
    }),
  }

  return [
    route(
      'POST',
      'pause',
      {
        id: 'pauseCampaign',
        summary: 'Pause a campaign: nobody gets a coupon until it is resumed',
        body: changeShape,
      },
      changing(changeShape, () => ({ kind: 'pause' })),
    ),
    route(
      'POST',
      'resume',
      { id: 'resumeCampaign', summary: 'Resume a campaign that is paused', body: changeShape },
      changing(changeShape, () => ({ kind: 'resume' })),
    ),
    route(
      'POST',
      'close',
      { id: 'closeCampaign', summary: 'Close a campaign for good', body: changeShape },
      changing(changeShape, () => ({ kind: 'close' })),
    ),
    route(
      'PUT',
      'stock',
      { id: 'raiseStock', summary: 'Raise the stock of a campaign', body: stockChangeShape },
      changing(stockChangeShape, ({ stock }) => ({ kind: 'raise-stock', stock })),
    ),
    changes,
  ]
}
