import { ApiError } from './api-error.ts'
import type {
  Audit,
  Campaign,
  CampaignEdit,
  CampaignList,
  ChangedCampaign,
  ChangeList,
  CouponList,
  DeadLetter,
  DeadLetterList,
  NewCampaign,
  NewRehearsal,
  OperatorIdentity,
  PlannedPreflight,
  Preflight,
  Problem,
  ProblemCode,
  RedriveResult,
  ServerList,
  SupportCoupon,
  Timeline,
  WinnerList,
} from './contract-types.ts'
import { type AskedPage, queryOf } from './list-query.ts'
import { type ApiRequest, type CallOptions, type ClientOptions, createTransport } from './transport.ts'

export type {
  Audit,
  CallOptions,
  Campaign,
  CampaignEdit,
  CampaignList,
  ChangedCampaign,
  ChangeList,
  ClientOptions,
  CouponList,
  DeadLetter,
  DeadLetterList,
  NewCampaign,
  NewRehearsal,
  OperatorIdentity,
  PlannedPreflight,
  Preflight,
  Problem,
  ProblemCode,
  RedriveResult,
  ServerList,
  SupportCoupon,
  Timeline,
  WinnerList,
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

/** Why a record became a dead letter. */
export type LetterReason = DeadLetter['reason']

/** `reason` is why: 1 to 200 characters, which are kept. A dry run needs none. */
export type RedriveOptions = CallOptions &
  ({ dryRun: true; reason?: string } | { dryRun: false; reason: string })

export type CampaignSearch = Pick<AskedPage, 'limit' | 'cursor'> & {
  state?: 'scheduled' | 'open' | 'paused' | 'closed' | undefined
  text?: string | undefined
}

/** The API, as an operator uses it. Calls make several attempts, and throw an ApiError. */
export type OperatorClient = {
  /** Whose token this is, and what it may do. */
  whoAmI(options?: CallOptions): Promise<OperatorIdentity>
  /**
   * Creates a campaign. The same key with the same campaign is the same campaign, however often it is asked
   * for.
   */
  createCampaign(campaign: NewCampaign, key: string, options?: CallOptions): Promise<Campaign>
  /** Newest first: those of a state, or with a text in their names. */
  listCampaigns(options?: CallOptions & CampaignSearch): Promise<CampaignList>
  readCampaign(campaignId: string, options?: CallOptions): Promise<Campaign>
  /** When `recorded` or `applied` is false, a worker brings the change where it is missing. */
  pause(campaignId: string, options: ChangeOptions): Promise<ChangedCampaign>
  resume(campaignId: string, options: ChangeOptions): Promise<ChangedCampaign>
  /** For good. */
  close(campaignId: string, options: ChangeOptions): Promise<ChangedCampaign>
  raiseStock(campaignId: string, stock: number, options: ChangeOptions): Promise<ChangedCampaign>
  /** Changes the fields that are given. What would take from somebody with a coupon is `frozen`. */
  edit(
    campaignId: string,
    edit: Omit<CampaignEdit, 'reason'>,
    options: ChangeOptions,
  ): Promise<ChangedCampaign>
  /** What the campaign would do, and what contradicts itself, in words and as data. */
  preflight(campaignId: string, options?: CallOptions): Promise<Preflight>
  /** The same for a campaign that is not created yet, and is not created by this. */
  preflightNew(campaign: NewCampaign, options?: CallOptions): Promise<PlannedPreflight>
  /** The servers with their versions, and how they meet the requirements. */
  servers(options?: CallOptions): Promise<ServerList>
  changes(campaignId: string, options?: CallOptions): Promise<ChangeList>
  /** What happened in a sale, to the millisecond, from the database alone. */
  timeline(campaignId: string, options?: CallOptions): Promise<Timeline>
  /**
   * Lets synthetic shoppers press at a shadow of the campaign, which is returned. After a lost answer
   * `rehearsal-under-way` may be the rehearsal itself: its problem names the campaign.
   */
  rehearse(campaignId: string, rehearsal: NewRehearsal, options?: CallOptions): Promise<Campaign>
  /** Takes as long as the campaign is large: the deadline is 10 minutes unless another is given. */
  audit(campaignId: string, options?: CallOptions): Promise<Audit>
  /** By rank. The whole list as a file: GET the same path with `Accept: text/csv`. */
  winners(
    campaignId: string,
    options?: CallOptions & Pick<AskedPage, 'limit' | 'cursor'>,
  ): Promise<WinnerList>
  couponsOfUser(userId: string, options?: CallOptions & AskedPage): Promise<CouponList>
  /** A coupon of anybody, with all that was done to it. */
  coupon(couponId: string, options?: CallOptions): Promise<SupportCoupon>
  /** For good, and safe to repeat. Its owner cannot win in this campaign again. */
  revoke(couponId: string, options: CallOptions & { reason: string }): Promise<SupportCoupon>
  /** The open letters of a few seconds ago, in short, and the newest of them. */
  deadLetters(
    options?: CallOptions & { reason?: LetterReason | undefined; limit?: number | undefined },
  ): Promise<DeadLetterList>
  /** A letter by its id, `0:17`. */
  deadLetter(letterId: string, options?: CallOptions): Promise<DeadLetter>
  /** After a lost answer that did it this is `already-redriven`. A dry run changes nothing. */
  redriveDeadLetter(letterId: string, options: RedriveOptions): Promise<RedriveResult>
  /** Of one reason, or all, the oldest first: as long as `left` is not 0 there are more. */
  redriveDeadLetters(options: RedriveOptions & { onlyReason?: LetterReason }): Promise<RedriveResult>
}

const auditDeadlineMs = 600_000
/** Kafka may take seconds for each of many records. */
const redriveDeadlineMs = 60_000
const path = '/v1/admin/campaigns'
const id = encodeURIComponent
const pathOf = (campaignId: string): string => `${path}/${id(campaignId)}`

/** A string of RFC 9651. */
const quoted = (key: string): string => `"${key.replace(/["\\]/g, '\\$&')}"`

/** `0:17` as a path. */
const pathOfLetter = (letterId: string): string =>
  ['/v1/admin/dead-letters', ...letterId.split(':').map(id)].join('/')

/** A client of the API at `url`, for operators. */
export const createOperatorClient = (options: ClientOptions): OperatorClient => {
  const transport = createTransport(options)
  const patient = createTransport({
    ...options,
    requestTimeoutMs: options.requestTimeoutMs ?? auditDeadlineMs,
  })

  const change = (
    request: Pick<ApiRequest, 'method' | 'path'> & { json?: object },
    { reason, ifVersion = '*', ...call }: ChangeOptions,
  ): Promise<ChangedCampaign> => {
    const headers = { 'if-match': ifVersion === '*' ? '*' : `"${ifVersion}"` }
    const json = { ...request.json, reason }
    return transport.ask({ ...request, headers, json, has: 'applied' }, call)
  }
  const post =
    (action: 'pause' | 'resume' | 'close') =>
    (campaignId: string, call: ChangeOptions): Promise<ChangedCampaign> =>
      change({ method: 'POST', path: `${pathOf(campaignId)}/${action}` }, call)
  const get = <Body>(from: string, has: string, call?: CallOptions): Promise<Body> =>
    transport.ask<Body>({ method: 'GET', path: from, has }, call)

  const redrive = (to: string, json: object, call: CallOptions): Promise<RedriveResult> =>
    patient.ask({ method: 'POST', path: to, json, has: 'left' }, { deadlineMs: redriveDeadlineMs, ...call })

  return {
    whoAmI: (call) => get('/v1/admin/me', 'roles', call),
    createCampaign(campaign, key, call) {
      const headers = { 'idempotency-key': quoted(key) }
      return transport.ask({ method: 'POST', path, headers, json: campaign, has: 'version' }, call)
    },
    listCampaigns: ({ limit, cursor, state, text, ...call } = {}) =>
      get(`${path}${queryOf({ limit, cursor, state, text })}`, 'items', call),
    readCampaign: (campaignId, call) => get(pathOf(campaignId), 'version', call),
    pause: post('pause'),
    resume: post('resume'),
    close: post('close'),
    raiseStock: (campaignId, stock, call) =>
      change({ method: 'PUT', path: `${pathOf(campaignId)}/stock`, json: { stock } }, call),
    edit: (campaignId, edit, call) => change({ method: 'PATCH', path: pathOf(campaignId), json: edit }, call),
    preflight: (campaignId, call) => get(`${pathOf(campaignId)}/preflight`, 'verdict', call),
    preflightNew: (campaign, call) =>
      transport.ask({ method: 'POST', path: '/v1/admin/preflight', json: campaign, has: 'verdict' }, call),
    servers: (call) => get('/v1/admin/servers', 'servers', call),
    changes: (campaignId, call) => get(`${pathOf(campaignId)}/changes`, 'items', call),
    timeline: (campaignId, call) => get(`${pathOf(campaignId)}/timeline`, 'points', call),
    rehearse: (campaignId, rehearsal, call) =>
      transport.ask(
        {
          ...{ method: 'POST', path: `${pathOf(campaignId)}/rehearsals` },
          ...{ json: rehearsal, has: 'version' },
        },
        call,
      ),
    audit: (campaignId, call) =>
      patient.ask(
        { method: 'GET', path: `${pathOf(campaignId)}/audit`, has: 'verdict' },
        { deadlineMs: auditDeadlineMs, ...call },
      ),
    winners: (campaignId, { limit, cursor, ...call } = {}) =>
      get(`${pathOf(campaignId)}/winners${queryOf({ limit, cursor })}`, 'items', call),
    couponsOfUser: (userId, { limit, cursor, state, ...call } = {}) =>
      get(`/v1/admin/users/${id(userId)}/coupons${queryOf({ limit, cursor, state })}`, 'items', call),
    coupon: (couponId, call) => get(`/v1/admin/coupons/${id(couponId)}`, 'history', call),
    deadLetters: ({ reason, limit, ...call } = {}) =>
      get(`/v1/admin/dead-letters${queryOf({ reason, limit })}`, 'groups', call),
    deadLetter: (letterId, call) => get(pathOfLetter(letterId), 'advice', call),
    redriveDeadLetter: (letterId, { dryRun, reason, ...call }) =>
      redrive(`${pathOfLetter(letterId)}/redrive`, { dryRun, reason }, call),
    redriveDeadLetters: ({ dryRun, reason, onlyReason, ...call }) =>
      redrive('/v1/admin/dead-letter-redrives', { dryRun, reason, onlyReason }, call),
    revoke: (couponId, { reason, ...call }) =>
      transport.ask(
        {
          ...{ method: 'POST', path: `/v1/admin/coupons/${id(couponId)}/revocation` },
          ...{ json: { reason }, has: 'history' },
        },
        call,
      ),
  }
}
