import type { z } from 'zod'
import type { AskedChange, CampaignChanged, CampaignChanger } from '../../coupon/campaigns/change-campaign.ts'
import type { CampaignRepository } from '../../coupon/ledger/campaigns.ts'
import type { RecordedChange } from '../../coupon/ledger/change-settings.ts'
import type { Authenticator } from '../authenticator.ts'
import { formatTime, type toCampaignJson, toTermsJson } from '../contract/answers.ts'
import {
  changeShape,
  editShape,
  ifMatchValue,
  parseIfMatch,
  stockChangeShape,
  versionTag,
} from '../contract/campaign-change.ts'
import { changedCampaignShape, changeListShape } from '../contract/campaign-shapes.ts'
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

const haltedText =
  'No coupon is granted from now on. The database does not answer: a worker records the pause when it does. Until ' +
  'then Redis alone has it, and a Redis that loses its memory loses the pause.'

const toChangeJson = ({ version, action, settings, atMs, by, from, reason }: RecordedChange) => ({
  ...{ version, action, at: formatTime(atMs), by, from, reason },
  settings: {
    name: settings.name,
    stock: settings.stock,
    perUserLimit: settings.perUserLimit,
    opensAt: formatTime(settings.opensAtMs),
    closesAt: formatTime(settings.closesAtMs),
    timeZone: settings.timeZone ?? 'UTC',
    eligibility: settings.eligibility ?? [],
    coupon: toTermsJson(settings.coupon),
  },
})

/** `recorded`: the ledger has the change. `applied`: the gate decides by it. */
const changedResponse = (
  campaign: ReturnType<typeof toCampaignJson>,
  { recorded, applied }: Extract<CampaignChanged, { kind: 'changed' }>,
): Response => {
  const isDone = recorded && applied
  const body = { ...campaign, recorded, applied, ...(recorded ? {} : { detail: haltedText }) }
  return jsonResponse(body, isDone ? 200 : 202, {
    ...noStoreHeaders,
    ETag: versionTag(campaign.version),
    ...(isDone ? {} : { 'Retry-After': '1' }),
  })
}

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
          case 'invalid':
            return invalidProblem(outcome.faults)
          case 'refused': {
            const { why, faults } = outcome
            return problem('frozen', why, faults.length === 0 ? {} : { fields: { errors: faults } })
          }
          case 'version': {
            const { version } = outcome.campaign
            return problem('version', `The campaign has version ${version} now. Read it again.`, {
              headers: { ETag: versionTag(version) },
            })
          }
          case 'changed':
            return changedResponse(await toJson(outcome.campaign), outcome)
        }
      }),
    )
  const route = (
    method: 'POST' | 'PUT' | 'PATCH',
    name: string,
    { id, summary, body }: Required<Pick<Operation, 'id' | 'summary' | 'body'>>,
    handle: Handler,
  ): Route => ({
    ...{ method, handle },
    path: `${path}${name}`,
    lane: 'change',
    caller: 'operator',
    operation: {
      ...{ id, summary, body },
      headers: { 'If-Match': ifMatchValue },
      answers: {
        200: { description: 'The gate has the change.', schema: changedCampaignShape, headers: ['ETag'] },
        202: {
          description:
            'The change is recorded, and is brought to the gate without another request. Or it is a pause that the ' +
            'gate has, and the database gets it without another request.',
          schema: changedCampaignShape,
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
      '/pause',
      {
        id: 'pauseCampaign',
        summary: 'Pause a campaign: nobody gets a coupon until it is resumed',
        body: changeShape,
      },
      changing(changeShape, () => ({ kind: 'pause' })),
    ),
    route(
      'POST',
      '/resume',
      { id: 'resumeCampaign', summary: 'Resume a campaign that is paused', body: changeShape },
      changing(changeShape, () => ({ kind: 'resume' })),
    ),
    route(
      'POST',
      '/close',
      { id: 'closeCampaign', summary: 'Close a campaign for good', body: changeShape },
      changing(changeShape, () => ({ kind: 'close' })),
    ),
    route(
      'PUT',
      '/stock',
      { id: 'raiseStock', summary: 'Raise the stock of a campaign', body: stockChangeShape },
      changing(stockChangeShape, ({ stock }) => ({ kind: 'raise-stock', stock })),
    ),
    route(
      'PATCH',
      '',
      {
        id: 'editCampaign',
        summary:
          'Edit a campaign: all of it before the opening, and nothing that takes from a holder after it',
        body: editShape,
      },
      changing(editShape, ({ edit }) => ({ kind: 'edit', edit })),
    ),
    changes,
  ]
}
