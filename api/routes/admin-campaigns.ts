import type { z } from 'zod'
import { Failure } from '../../platform/failure.ts'
import type { Arming } from '../../coupon/recovery/arming.ts'
import { type Campaign, publicState } from '../../coupon/campaign.ts'
import type { CampaignRepository } from '../../coupon/ledger/campaigns.ts'
import type { Registry } from '../../coupon/campaigns/registry.ts'
import type { Authenticator } from '../authenticator.ts'
import { createCampaignShape } from '../contract/create-campaign.ts'
import { bodyBytesMax, headerOf, type HttpContext, jsonResponse, noStoreHeaders, type Route } from '../route.ts'
import { encodeCursor, readPage } from '../contract/page.ts'
import { invalidProblem, problem } from '../problem.ts'
import { type CampaignMoment, toCampaignJson } from '../contract/answers.ts'

export type AdminCampaignsOptions = {
  campaigns: CampaignRepository
  arming: Arming
  registry: Registry
  authenticator: Authenticator
  newCampaignId(): string
  now(): number
}

const path = '/v1/admin/campaigns'

/** A keeper may see the new campaign first and arm it; then creating waits for it. */
const leaseWaitSeconds = 5

/** JSON is UTF-8 (RFC 8259): other bytes are malformed, and not names full of question marks. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Reads a JSON body of bounded size, or answers what is wrong with it. */
const readJson = async (context: HttpContext): Promise<{ document: unknown } | Response> => {
  const mediaType = headerOf(context, 'content-type')?.split(';')[0]?.trim().toLowerCase()
  if (mediaType !== 'application/json')
    return problem('unsupported-media-type', 'Send the campaign as application/json.')
  const bytes = await readBody(context)
  if (bytes === undefined) return problem('too-large', `The body may have ${bodyBytesMax} bytes.`)
  try {
    return { document: JSON.parse(utf8.decode(bytes)) as unknown }
  } catch {
    return problem('malformed', 'The body is not a JSON document.')
  }
}

/**
 * A body without Content-Length is counted while it arrives. One that is too long is left to the server, which reads on for half
 * a second: a connection cut at once would take the 413 with it (measured: every third of 1 MB lost it).
 */
const readBody = async (context: HttpContext): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of context.env.incoming.iterator({ destroyOnReturn: false })) {
    chunks.push(Buffer.from(chunk as Uint8Array))
    bytes += chunks.at(-1)?.length ?? 0
    if (bytes > bodyBytesMax) return undefined
  }
  return Buffer.concat(chunks)
}

const pointerOf = (issuePath: readonly PropertyKey[]): string =>
  issuePath.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

const fieldErrors = (issues: readonly z.core.$ZodIssue[]) =>
  issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ pointer: pointerOf([...issue.path, key]), message: 'unknown field' }))
      : [{ pointer: pointerOf(issue.path), message: issue.message }],
  )

/** Operators create, list and read campaigns. */
export const adminCampaignRoutes = (options: AdminCampaignsOptions): Route[] => {
  const { campaigns, arming, registry, authenticator: callers } = options

  /** What the gate says of the campaign now; a gate that cannot be read is `recovering`. */
  const momentOf = async (campaign: Campaign): Promise<CampaignMoment & { recovery: string | null }> => {
    if (campaign.retired !== undefined) {
      const { granted } = campaign.retired
      return { state: 'closed', stock: campaign.stock, granted, nowMs: registry.gateNowMs(), recovery: null }
    }
    const found = await registry.refresh(campaign.id, 0).catch(() => undefined)
    const nowMs = registry.gateNowMs()
    const view = found?.kind === 'live' ? found.campaign.view : undefined
    const granted = view?.granted ?? 0
    const state = view?.armed === true ? publicState(campaign, granted, nowMs) : 'recovering'
    const progress = found?.kind === 'recovering' ? found.progress : view?.progress
    const recovery = state === 'recovering' ? progress || 'waiting for a keeper' : null
    return { state, stock: campaign.stock, granted, nowMs, recovery }
  }

  const shapeOf = async (campaign: Campaign) => toCampaignJson(campaign, await momentOf(campaign))

  const create: Route = {
    method: 'POST',
    path,
    handle: callers.requireOperator(async (context) => {
      const body = await readJson(context)
      if (body instanceof Response) return body
      const parsed = createCampaignShape.safeParse(body.document)
      if (!parsed.success) return invalidProblem(fieldErrors(parsed.error.issues))
      const campaign = await campaigns.create(options.newCampaignId(), parsed.data, options.now())
      const outcome = (await arming.arm([campaign.id], leaseWaitSeconds)).get(campaign.id)
      // A keeper may have been first. Whatever else came between, a keeper finishes.
      if (outcome?.kind !== 'armed' && outcome?.kind !== 'in-order')
        throw new Failure('recovering', `campaign ${campaign.id} is not armed yet: ${outcome?.kind}`)
      return jsonResponse(await shapeOf({ ...campaign, epoch: 1 }), 201, {
        ...noStoreHeaders,
        Location: `${path}/${campaign.id}`,
      })
    }),
  }

  const list: Route = {
    method: 'GET',
    path,
    handle: callers.requireOperator(async (context) => {
      const page = readPage(context)
      if (Array.isArray(page)) return invalidProblem(page)
      const found = await campaigns.list(page.limit + 1, page.beforeId)
      const items = found.slice(0, page.limit)
      const last = items.at(-1)
      const nextCursor = found.length > page.limit && last !== undefined ? encodeCursor(last.id) : null
      return jsonResponse({ items: await Promise.all(items.map(shapeOf)), nextCursor }, 200, noStoreHeaders)
    }),
  }

  const read: Route = {
    method: 'GET',
    path: `${path}/:campaignId`,
    handle: callers.requireOperator(async (context) => {
      const campaign = await campaigns.read(context.req.param('campaignId') ?? '')
      return campaign === undefined
        ? problem('unknown-campaign', 'There is no campaign with this id.')
        : jsonResponse(await shapeOf(campaign), 200, noStoreHeaders)
    }),
  }

  return [create, list, read]
}
