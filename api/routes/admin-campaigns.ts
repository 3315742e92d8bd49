import type { Campaign, CampaignTerms } from '../../coupon/campaign.ts'
import type { Registry } from '../../coupon/campaigns/registry.ts'
import { findPointlessTimes } from '../../coupon/campaigns/terms-rules.ts'
import type { CampaignRepository } from '../../coupon/ledger/campaigns.ts'
import type { CreationOrigin } from '../../coupon/ledger/record-change.ts'
import type { Arming } from '../../coupon/recovery/arming.ts'
import type { ArmOutcome } from '../../coupon/recovery/arming-steps.ts'
import { Failure } from '../../platform/failure.ts'
import type { Authenticator } from '../authenticator.ts'
import { versionTag } from '../contract/campaign-change.ts'
import { campaignFilterQuery, readCampaignFilter } from '../contract/campaign-filter.ts'
import { campaignListShape, campaignShape } from '../contract/campaign-shapes.ts'
import { createCampaignShape } from '../contract/create-campaign.ts'
import { fieldErrors } from '../contract/field-errors.ts'
import { digestOf, idempotencyKeyValue, parseIdempotencyKey } from '../contract/idempotency-key.ts'
import { withJson } from '../contract/json-body.ts'
import { encodeCursor, pageQuery, readPage } from '../contract/page.ts'
import { jsonResponse, noStoreHeaders } from '../json-response.ts'
import { type FieldError, invalidProblem, noCampaign, problem } from '../problem.ts'
import { headerOf, type Route } from '../route.ts'
import { type AddressOf, changeOriginOf } from './change-origin.ts'
import { createOperatorsView } from './operators-view.ts'

export type AdminCampaignsOptions = {
  campaigns: CampaignRepository
  arming: Arming
  registry: Registry
  authenticator: Authenticator
  addressOf: AddressOf
  newCampaignId(): string
  now(): number
}

const path = '/v1/admin/campaigns'

/** When a keeper sees the new campaign first and arms it, the creation waits for it. */
const leaseWaitSeconds = 5

const malformedKey = 'Idempotency-Key must be a string of 1 to 255 characters in quotes.'
const reusedKey = 'This Idempotency-Key made a campaign with another body.'
const stillInProgress = 'The first request with this Idempotency-Key is still in progress.'
const unsafeWithoutKey =
  'The campaign may have been created. List the campaigns before another try, or send an Idempotency-Key, which ' +
  'makes a repeat safe.'

/** The routes by which operators create, list and read campaigns. */
export const adminCampaignRoutes = (options: AdminCampaignsOptions): Route[] => {
  const { campaigns, arming, registry, authenticator } = options

  const toJson = createOperatorsView(registry)

  const created = async (campaign: Campaign): Promise<Response> =>
    jsonResponse(await toJson({ ...campaign, epoch: Math.max(1, campaign.epoch) }), 201, {
      ...noStoreHeaders,
      Location: `${path}/${campaign.id}`,
      ETag: versionTag(campaign.version),
    })

  /**
   * Whether its gate is in order: a keeper can have armed it first, and finishes what this process cannot.
   */
  const arm = async ({ id }: Campaign): Promise<ArmOutcome['kind']> =>
    (await arming.arm([id], leaseWaitSeconds)).get(id)?.kind ?? 'busy'

  const isArmed = (outcome: ArmOutcome['kind']): boolean => outcome === 'armed' || outcome === 'in-order'

  const createAnew = async (terms: CampaignTerms, origin: CreationOrigin): Promise<Response> => {
    let campaign: Campaign | undefined
    try {
      campaign = await campaigns.create(options.newCampaignId(), terms, options.now(), origin)
      if (isArmed(await arm(campaign))) return await created(campaign)
    } catch (cause) {
      if (!(cause instanceof Failure) || cause.code !== 'unavailable') throw cause
    }
    return problem(campaign === undefined ? 'unavailable' : 'recovering', unsafeWithoutKey)
  }

  const createOnce = async (
    terms: CampaignTerms,
    key: string,
    faults: readonly FieldError[],
    origin: CreationOrigin,
  ): Promise<Response> => {
    const digests = { keyHash: digestOf(key), bodyHash: digestOf(JSON.stringify(terms)) }
    const id = options.newCampaignId()
    const outcome =
      faults.length === 0
        ? await campaigns.createOnce(id, terms, options.now(), digests, origin)
        : await campaigns.repeat(digests)
    if (outcome === undefined) return invalidProblem(faults)
    if (outcome.kind === 'other-body') return problem('key-reused', reusedKey)
    const { kind, campaign } = outcome
    if (campaign.retired !== undefined) return created(campaign)
    const armed = await arm(campaign)
    if (isArmed(armed)) return created(campaign)
    if (kind === 'repeated' && armed === 'busy') return problem('in-flight', stillInProgress)
    throw new Failure('recovering', `campaign ${campaign.id} is not armed yet: ${armed}`)
  }

  const create: Route = {
    method: 'POST',
    path,
    lane: 'change',
    caller: 'operator',
    operation: {
      id: 'createCampaign',
      summary: 'Create a campaign',
      description:
        'With an `Idempotency-Key` asking again is safe, for seven days. Without one, a 503 can mean that the ' +
        'campaign was created: list the campaigns before another try.',
      headers: { 'Idempotency-Key': idempotencyKeyValue.optional() },
      body: createCampaignShape,
      answers: {
        201: {
          description: 'Created, with its gate armed: the very next press can win.',
          schema: campaignShape,
          headers: ['Location', 'ETag'],
        },
      },
      problems: ['idempotency-key', 'key-reused', 'in-flight', 'unavailable', 'recovering'],
    },
    handle: authenticator.requireRole(
      'operator',
      withJson(async (context, document, operator) => {
        const parsed = createCampaignShape.safeParse(document)
        if (!parsed.success) return invalidProblem(fieldErrors(parsed.error.issues))
        const header = headerOf(context, 'idempotency-key')
        const key = header === undefined ? undefined : parseIdempotencyKey(header)
        if (header !== undefined && key === undefined) return problem('idempotency-key', malformedKey)
        const faults = findPointlessTimes(parsed.data, registry.gateNowMs())
        const origin = changeOriginOf(context, operator, options.addressOf)
        if (key !== undefined) return createOnce(parsed.data, key, faults, origin)
        return faults.length === 0 ? createAnew(parsed.data, origin) : invalidProblem(faults)
      }),
    ),
  }

  const list: Route = {
    method: 'GET',
    path,
    lane: 'ledger',
    caller: 'viewer',
    operation: {
      id: 'listCampaigns',
      summary: 'List campaigns, newest first',
      description:
        'With `state` or `text` a page looks at 10,000 campaigns at most: it can be short, or empty, although ' +
        'there is a next one. The list ends where `nextCursor` is null.',
      query: { ...pageQuery, ...campaignFilterQuery },
      answers: { 200: { description: 'A page of them.', schema: campaignListShape } },
      problems: ['unavailable'],
    },
    handle: authenticator.requireRole('viewer', async (context) => {
      const [page, filter] = [readPage(context), readCampaignFilter(context)]
      if (Array.isArray(page) || Array.isArray(filter))
        return invalidProblem([page, filter].flatMap((read) => (Array.isArray(read) ? read : [])))
      const found = await campaigns.search({ ...page, ...filter, nowMs: registry.gateNowMs() })
      const { items, nextBeforeId } = found
      const nextCursor = nextBeforeId === undefined ? null : encodeCursor(nextBeforeId)
      return jsonResponse({ items: await Promise.all(items.map(toJson)), nextCursor }, 200, noStoreHeaders)
    }),
  }

  const read: Route = {
    method: 'GET',
    path: `${path}/:campaignId`,
    lane: 'ledger',
    caller: 'viewer',
    operation: {
      id: 'readCampaign',
      summary: 'A campaign as operators see it',
      answers: { 200: { description: 'The campaign.', schema: campaignShape, headers: ['ETag'] } },
      problems: ['unknown-campaign', 'unavailable'],
    },
    handle: authenticator.requireRole('viewer', async (context) => {
      const campaign = await campaigns.read(context.req.param('campaignId') ?? '')
      return campaign === undefined
        ? noCampaign()
        : jsonResponse(await toJson(campaign), 200, {
            ...noStoreHeaders,
            ETag: versionTag(campaign.version),
          })
    }),
  }

  return [create, list, read]
}
