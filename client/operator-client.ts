import { ApiError } from './api-error.ts'
import type {
  Audit,
  Campaign,
  CampaignList,
  ChangeList,
  NewCampaign,
  Problem,
  ProblemCode,
} from './contract-types.ts'
import { type ApiRequest, type CallOptions, type ClientOptions, createTransport } from './transport.ts'

export type {
  Audit,
  CallOptions,
  Campaign,
  CampaignList,
  ChangeList,
  ClientOptions,
  NewCampaign,
  Problem,
  ProblemCode,
}
export { ApiError }

/** How a campaign is changed. */
export type ChangeOptions = CallOptions & {
  /** Why: 1 to 200 characters, which are kept. */
  reason: string
  /**
   * The version that was seen: another one is refused with `version`. `*` when left out: whichever it is.
   * After a lost answer `version` may be the change itself.
   */
  ifVersion?: number | '*'
}

/** `applied` is false when the change is recorded, and is still on its way to the gate. */
export type ChangedCampaign = { campaign: Campaign; applied: boolean }

/** The API, as an operator uses it. Calls make several attempts, and throw an ApiError. */
export type OperatorClient = {
  /**
   * Creates a campaign. The same key with the same campaign is the same campaign, however often it is asked
   * for.
   */
  createCampaign(campaign: NewCampaign, key: string, options?: CallOptions): Promise<Campaign>
  listCampaigns(options?: CallOptions & { limit?: number; cursor?: string | null }): Promise<CampaignList>
  readCampaign(campaignId: string, options?: CallOptions): Promise<Campaign>
  pause(campaignId: string, options: ChangeOptions): Promise<ChangedCampaign>
  resume(campaignId: string, options: ChangeOptions): Promise<ChangedCampaign>
  /** For good. */
  close(campaignId: string, options: ChangeOptions): Promise<ChangedCampaign>
  raiseStock(campaignId: string, stock: number, options: ChangeOptions): Promise<ChangedCampaign>
  changes(campaignId: string, options?: CallOptions): Promise<ChangeList>
  /** Takes as long as the campaign is large: the deadline is 10 minutes unless another is given. */
  audit(campaignId: string, options?: CallOptions): Promise<Audit>
}

const auditDeadlineMs = 600_000
const path = '/v1/admin/campaigns'
const pathOf = (campaignId: string): string => `${path}/${encodeURIComponent(campaignId)}`

/** A string of RFC 9651. */
const quoted = (key: string): string => `"${key.replace(/["\\]/g, '\\$&')}"`

/** A client of the API at `url`, for operators. */
export const createOperatorClient = (options: ClientOptions): OperatorClient => {
  const transport = createTransport(options)
  const patient = createTransport({
    ...options,
    requestTimeoutMs: options.requestTimeoutMs ?? auditDeadlineMs,
  })

  const change = async (
    request: Pick<ApiRequest, 'method' | 'path'> & { json?: object },
    { reason, ifVersion = '*', ...call }: ChangeOptions,
  ): Promise<ChangedCampaign> => {
    const headers = { 'if-match': ifVersion === '*' ? '*' : `"${ifVersion}"` }
    const json = { ...request.json, reason }
    const { status, body } = await transport.reply({ ...request, headers, json, has: 'version' }, call)
    return { campaign: body as Campaign, applied: status === 200 }
  }
  const post =
    (action: 'pause' | 'resume' | 'close') =>
    (campaignId: string, call: ChangeOptions): Promise<ChangedCampaign> =>
      change({ method: 'POST', path: `${pathOf(campaignId)}/${action}` }, call)
  const get = <Body>(from: string, has: string, call?: CallOptions): Promise<Body> =>
    transport.ask<Body>({ method: 'GET', path: from, has }, call)

  return {
    createCampaign(campaign, key, call) {
      const headers = { 'idempotency-key': quoted(key) }
      return transport.ask({ method: 'POST', path, headers, json: campaign, has: 'version' }, call)
    },
    listCampaigns({ limit, cursor, ...call } = {}) {
      const query = new URLSearchParams()
      if (limit !== undefined) query.set('limit', String(limit))
      if (cursor != null) query.set('cursor', cursor)
      return get(`${path}${query.size > 0 ? `?${query}` : ''}`, 'items', call)
    },
    readCampaign: (campaignId, call) => get(pathOf(campaignId), 'version', call),
    pause: post('pause'),
    resume: post('resume'),
    close: post('close'),
    raiseStock: (campaignId, stock, call) =>
      change({ method: 'PUT', path: `${pathOf(campaignId)}/stock`, json: { stock } }, call),
    changes: (campaignId, call) => get(`${pathOf(campaignId)}/changes`, 'items', call),
    audit: (campaignId, call) =>
      patient.ask(
        { method: 'GET', path: `${pathOf(campaignId)}/audit`, has: 'verdict' },
        { deadlineMs: auditDeadlineMs, ...call },
      ),
  }
}
