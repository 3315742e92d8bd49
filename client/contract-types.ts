// Made from the OpenAPI document by `npm run openapi`: change the shapes in api/contract instead.

/** Every code that this version knows. Later ones have more: expect codes that are new to you. */
type ProblemCode =
  | 'bad-request'
  | 'timeout'
  | 'too-large'
  | 'expectation-failed'
  | 'headers-too-large'
  | 'malformed'
  | 'idempotency-key'
  | 'unauthorized'
  | 'forbidden'
  | 'not-eligible'
  | 'rehearsals-off'
  | 'not-found'
  | 'unknown-campaign'
  | 'unknown-coupon'
  | 'unknown-dead-letter'
  | 'sold-out'
  | 'not-open'
  | 'closed'
  | 'paused'
  | 'in-flight'
  | 'confirming'
  | 'not-usable-yet'
  | 'expired'
  | 'revoked'
  | 'already-redeemed'
  | 'redeemed-by-shop'
  | 'changed-too-often'
  | 'already-redriven'
  | 'not-recorded-yet'
  | 'frozen'
  | 'rehearsal-under-way'
  | 'version'
  | 'version-required'
  | 'unsupported-media-type'
  | 'invalid'
  | 'key-reused'
  | 'rate-limited'
  | 'internal'
  | 'overloaded'
  | 'recovering'
  | 'unavailable'

type Audit = {
  /** The campaign that was audited. Treat it as opaque. */
  campaignId: string
  /** `in-flight`: what decides it has not arrived yet, which is no loss. */
  verdict: 'pass' | 'fail' | 'in-flight'
  checks: AuditCheck[]
  /** How much of each source was compared. */
  books: {
    rows: number
    records: number
    winners: number
    pending: number
    answers: number
    /** Grants that were left out because they are too young. */
    late: number
  }
  /** What limits the verdict. */
  notes: string[]
}

type AuditCheck = {
  /** The promise that was checked, by its name in docs/audit.md. */
  promise: string
  /** The fault that was looked for. */
  fault?: string | undefined
  /** `in-flight`: what decides it has not arrived yet, which is no loss. */
  verdict: 'pass' | 'fail' | 'in-flight'
  /** How many break it, or have not arrived. */
  count: number
  /** How many were looked at. */
  looked: number
  examples: string[]
  /** What was compared with what. */
  how: string
}

type Campaign = {
  /** Ids sort by time. Treat it as opaque. */
  id: string
  name: string
  /** How many coupons there are in all. */
  stock: number
  /** How many coupons one shopper can have. */
  perUserLimit: number
  /** When the sale begins. RFC 3339 in UTC with milliseconds. */
  opensAt: string
  /** The first moment after the sale. RFC 3339 in UTC with milliseconds. */
  closesAt: string
  /** The zone in which people speak of its times: an IANA name. */
  timeZone: string
  /** What the token of a caller must have. None: everyone. */
  eligibility: {
    claim: string
    anyOf: string[]
  }[]
  coupon: CouponTerms
  /** `recovering`: the gate is being recovered or cannot be read, and figures may be too low. */
  state: 'scheduled' | 'open' | 'paused' | 'sold-out' | 'closed' | 'recovering'
  /** Coupons that are left. */
  remaining: number
  soldOutAt: string | null
  /** The time of the gate, by which campaigns open and close. RFC 3339 in UTC with milliseconds. */
  serverTime: string
  granted: number
  /** Counts the changes of its settings. It is the ETag too. */
  version: number
  /** Counts how often its gate was armed. */
  epoch: number
  /** How far the recovery of the gate is, in words; null in every state but `recovering`. */
  recovery: string | null
  /** The campaign that this one rehearses; null for a real campaign. */
  rehearsalOf: string | null
}

type CampaignChange = {
  /** Why it is changed. It is kept with the change. */
  reason: string
}

/**
 * A JSON merge patch: what is left out stays, and `null` is the default of a field that has one. `discount`
 * and `eligibility` are replaced as a whole. Afterwards the campaign is one that could be created.
 */
type CampaignEdit = {
  /** Why it is changed. It is kept with the change. */
  reason: string
  name?: string | undefined
  stock?: number | undefined
  opensAt?: string | undefined
  closesAt?: string | undefined
  perUserLimit?: number | null | undefined
  eligibility?: {
    /** Any but `firstcome:rehearsal`, which only rehearsals have. */
    claim: string
    anyOf: string[]
  }[] | null | undefined
  timeZone?: string | null | undefined
  coupon?: {
    title?: string | undefined
    discount?: Discount | undefined
    usableFrom?: string | null | undefined
    usableUntil?: string | undefined
  } | undefined
}

/**
 * The `data` of each event of the stream. Its type is `campaign`, or `closed` for the last one. Its `id` is
 * opaque.
 */
type CampaignEvent = {
  /** `recovering`: the gate is being recovered or cannot be read, and figures may be too low. */
  state: 'scheduled' | 'open' | 'paused' | 'sold-out' | 'closed' | 'recovering'
  /** How many coupons there are in all. */
  stock: number
  /** Coupons that are left. */
  remaining: number
  /** When the sale begins. RFC 3339 in UTC with milliseconds. */
  opensAt: string
  /** The first moment after the sale. RFC 3339 in UTC with milliseconds. */
  closesAt: string
  soldOutAt: string | null
  /** The time of the gate, by which campaigns open and close. RFC 3339 in UTC with milliseconds. */
  serverTime: string
}

type CampaignList = {
  items: Campaign[]
  /** The `cursor` of the next page; null on the last one. */
  nextCursor: string | null
}

type Change = {
  /** The version that the change made. */
  version: number
  action: 'created' | 'paused' | 'resumed' | 'closed' | 'stock-raised' | 'adopted' | 'edited' | 'taken-back'
  /** When it was recorded. RFC 3339 in UTC with milliseconds. */
  at: string
  /** Who asked for it; null for what the system did. */
  by: string | null
  /** The address that the request came from. */
  from: string | null
  reason: string | null
  /** The settings after the change. */
  settings: {
    name: string
    /** How many coupons there are in all. */
    stock: number
    /** How many coupons one shopper can have. */
    perUserLimit: number
    /** When the sale begins. RFC 3339 in UTC with milliseconds. */
    opensAt: string
    /** The first moment after the sale. RFC 3339 in UTC with milliseconds. */
    closesAt: string
    /** The zone in which people speak of its times: an IANA name. */
    timeZone: string
    /** What the token of a caller must have. None: everyone. */
    eligibility: {
      claim: string
      anyOf: string[]
    }[]
    coupon: CouponTerms
  }
}

type ChangeList = {
  items: Change[]
}

type ChangedCampaign = {
  /** Ids sort by time. Treat it as opaque. */
  id: string
  name: string
  /** How many coupons there are in all. */
  stock: number
  /** How many coupons one shopper can have. */
  perUserLimit: number
  /** When the sale begins. RFC 3339 in UTC with milliseconds. */
  opensAt: string
  /** The first moment after the sale. RFC 3339 in UTC with milliseconds. */
  closesAt: string
  /** The zone in which people speak of its times: an IANA name. */
  timeZone: string
  /** What the token of a caller must have. None: everyone. */
  eligibility: {
    claim: string
    anyOf: string[]
  }[]
  coupon: CouponTerms
  /** `recovering`: the gate is being recovered or cannot be read, and figures may be too low. */
  state: 'scheduled' | 'open' | 'paused' | 'sold-out' | 'closed' | 'recovering'
  /** Coupons that are left. */
  remaining: number
  soldOutAt: string | null
  /** The time of the gate, by which campaigns open and close. RFC 3339 in UTC with milliseconds. */
  serverTime: string
  granted: number
  /** Counts the changes of its settings. It is the ETag too. */
  version: number
  /** Counts how often its gate was armed. */
  epoch: number
  /** How far the recovery of the gate is, in words; null in every state but `recovering`. */
  recovery: string | null
  /** The campaign that this one rehearses; null for a real campaign. */
  rehearsalOf: string | null
  /** The database has the change. Else it is a pause that Redis alone has; a worker records it. */
  recorded: boolean
  /** The gate decides by the change. Else a worker brings it there. */
  applied: boolean
  /** What is still missing, in words, when it is not recorded. */
  detail?: string | undefined
}

type ConsoleCampaign = {
  /** A live campaign. Treat it as opaque. */
  id: string
  name: string
  /** `silent`: its gate did not answer. */
  state: 'scheduled' | 'open' | 'paused' | 'sold-out' | 'closed' | 'recovering' | 'silent'
  version: number
  epoch: number
  stock: number | null
  granted: number | null
  /** Grants that the log has not confirmed. */
  outbox: number | null
  /** The age of the oldest of them. */
  outboxOldestMs: number | null
  /** Its rows in the ledger. */
  recorded: number | null
  /**
   * Whether granted = recorded + in flight, in flight being the outbox and what the ledger has not read of
   * the log.
   */
  holds: boolean | null
  /** Rows beyond the stock. */
  oversold: number | null
}

/** The `data` of each event of the stream, whose type is `console`. What could not be read is null. */
type ConsoleFrame = {
  /** When the frame was made, by the clock of the gate. RFC 3339 in UTC with milliseconds. */
  serverTime: string
  /** How old its figures were when it was made. */
  ageMs: {
    gates: number
    log: number | null
    ledger: number | null
  }
  /** The most active ones first, then the others that consoles of this process watch. */
  campaigns: ConsoleCampaign[]
  /** Live campaigns that are not shown. */
  otherCampaigns: number
  /** Campaigns that are shown because a console watches them. One that is not live is not shown. */
  watched: string[]
  /** Campaigns that consoles watch and for which there was no room. */
  otherWatched: number
  /** What happened last in these campaigns, newest first. */
  events: SaleEvent[] | null
  /** Records of the log that are not in the ledger, and the age of the oldest, to the second. */
  lag: {
    records: number
    ms: number
    /**
     * By the rules of Burrow, over 30 s. `warn`: the ledger falls behind. `stop`: no worker lives. `stall`:
     * one lives, and nothing is recorded. `rewind`: the ledger went back. Null: not watched for long enough.
     */
    state: 'ok' | 'warn' | 'stop' | 'stall' | 'rewind' | null
  } | null
  /** The age of the oldest grant without a row. */
  oldestUnrecordedMs: number | null
  /** Records among the dead letters. */
  deadLetters: number | null
  /** The `id` of the process that made the frame. */
  processId: string
  /** API and worker processes; the one that made the frame comes first. */
  processes: ConsoleProcess[]
  /** Processes that are not shown. Null: Redis did not tell, and one process is shown. */
  otherProcesses: number | null
}

type ConsoleProcess = {
  /** Another one after each start: the counts begin at 0 with it. */
  id: string
  /** Its host and its process id. */
  name: string
  kind: 'api' | 'worker'
  /** The share of a second in which its event loop was busy. */
  eventLoop: number
  /** Processor time of a second, in processors: 1 is all of one. */
  cpu: number
  /** Memory that it holds (RSS). */
  memoryBytes: number
  /** Issues that wait. */
  queue: number
  /** Outbox entries that wait for the log. */
  publishQueue: number
  /** Whether the circuit breaker of the log is open. */
  isPublisherOpen: boolean
  /** Issues by outcome. Those that never came are left out. */
  outcomes: Record<string, number>
  /** Presses by the upper end of their bucket, in seconds. Each is in one bucket. Empty before the first. */
  issueDurations: {
    le: string
    count: number
  }[]
  /** Rows of coupons that it inserted. */
  rows: number
  /**
   * When it said this, by the clock of the gate. It says it anew once a second. RFC 3339 in UTC with
   * milliseconds.
   */
  sampledAt: string
}

type Coupon = {
  /** Ids sort by time and cannot be guessed. Treat it as opaque. */
  id: string
  /** The campaign that it is of. Treat it as opaque. */
  campaignId: string
  /** The `sub` of the token of its owner. */
  userId: string
  /** Which of the shopper's coupons of this campaign it is. At most the campaign's `perUserLimit`. */
  slot: number
  /** Its position in the order of the gate. */
  rank: number
  /** `confirming` is not a yes yet. `usable` lasts until `usableUntil`, and holds before `usableFrom` too. */
  state: 'confirming' | 'usable' | 'redeemed' | 'expired' | 'revoked'
  /** When the gate granted it. RFC 3339 in UTC with milliseconds. */
  issuedAt: string
  title: string
  discount: Discount
  /** From when on it can be used. RFC 3339 in UTC with milliseconds. */
  usableFrom: string
  /** The first moment when it can no longer be used. RFC 3339 in UTC with milliseconds. */
  usableUntil: string
}

type CouponChange = {
  /** 1 is the first of the coupon. */
  number: number
  action: 'redeemed' | 'given-back' | 'revoked'
  /** When, by the clock of the database. RFC 3339 in UTC with milliseconds. */
  at: string
  /** Who did it. */
  by: string
  /** As what: the owner, an order service, or an operator. */
  as: 'shopper' | 'orders' | 'operator'
  /** The address that the request came from. */
  from: string
  orderId: string | null
  reason: string | null
}

type CouponList = {
  items: Coupon[]
  /** The `cursor` of the next page; null on the last one. */
  nextCursor: string | null
  /** False when a source could not be read in time: the shopper may have more coupons. */
  complete: boolean
}

/** What every coupon of a campaign says. */
type CouponTerms = {
  title: string
  discount: Discount
  /** From when on it can be used. RFC 3339 in UTC with milliseconds. */
  usableFrom: string
  /** The first moment when it can no longer be used. RFC 3339 in UTC with milliseconds. */
  usableUntil: string
}

type DeadLetter = {
  /** Where the letter is. Partition and offset. */
  id: string
  /** Why. `other` are reasons of another version. */
  reason: 'undecodable' | 'invalid' | 'unknown-campaign' | 'rank-taken' | 'slot-taken' | 'coupon-differs' | 'rank-above-stock' | 'late' | 'other'
  /** The reason as it was written. */
  givenReason: string
  /** The case in words. */
  message: string
  time: string | null
  origin: {
    partition: number | null
    offset: number | null
    appendedAt: string | null
  }
  /** How often its record was redriven before. */
  redrives: number
  redriveOf: string | null
  state: 'open' | 'redriven'
  redriven: {
    /** Where its record is in the log now. Partition and offset. */
    to: string
    redrivenAt: string | null
    /** Who. Null when `npm run dlq` did it. */
    by: string | null
    why: string | null
  } | null
  /** The key of the record. */
  key: {
    /** How long it is. */
    bytes: number
    /** `text` when all of it is UTF-8. */
    form: 'text' | 'hex'
    /** Written by anybody: never show it as HTML. */
    content: string
    /** Whether only the first 8192 bytes are here. */
    cut: boolean
  } | null
  /** The value of the record. */
  value: {
    /** How long it is. */
    bytes: number
    /** `text` when all of it is UTF-8. */
    form: 'text' | 'hex'
    /** Written by anybody: never show it as HTML. */
    content: string
    /** Whether only the first 8192 bytes are here. */
    cut: boolean
  } | null
  /** What its value says, when that is a grant. */
  grant: {
    /** The coupon. Treat it as opaque. */
    couponId: string
    /** Its campaign. Treat it as opaque. */
    campaignId: string
    /** The `sub` of the token of its owner. */
    userId: string
    /** Which of the shopper's coupons of this campaign it is. At most the campaign's `perUserLimit`. */
    slot: number
    rank: number
    epoch: number
    grantedAt: string | null
  } | null
  /** What to do, in English or Korean by Accept-Language. */
  advice: string
}

type DeadLetterHead = {
  /** Where the letter is. Partition and offset. */
  id: string
  /** Why. `other` are reasons of another version. */
  reason: 'undecodable' | 'invalid' | 'unknown-campaign' | 'rank-taken' | 'slot-taken' | 'coupon-differs' | 'rank-above-stock' | 'late' | 'other'
  /** The reason as it was written. */
  givenReason: string
  /** The case in words. */
  message: string
  time: string | null
  origin: {
    partition: number | null
    offset: number | null
    appendedAt: string | null
  }
  /** How often its record was redriven before. */
  redrives: number
  redriveOf: string | null
}

type DeadLetterList = {
  /** When the topic was read. RFC 3339 in UTC with milliseconds. */
  readAt: string
  /** False when the topic has more than one reading covers: older letters are not known here. */
  complete: boolean
  /** Letters that were not redriven, of every reason. */
  open: number
  /** By reason, the largest first. */
  groups: ({
    /** Why. `other` are reasons of another version. */
    reason: 'undecodable' | 'invalid' | 'unknown-campaign' | 'rank-taken' | 'slot-taken' | 'coupon-differs' | 'rank-above-stock' | 'late' | 'other'
    /** Letters that were not redriven. */
    open: number
    oldest: string | null
    newest: string | null
    /** What to do, in English or Korean by Accept-Language. */
    advice: string
  })[]
  /** The newest open letters that were asked for. */
  items: DeadLetterHead[]
}

/** What a coupon is worth: `amount` in the minor unit of the currency, or `percent` from 1 to 100. */
type Discount = {
  kind: 'amount'
  value: number
  currency?: string | undefined
} | {
  kind: 'percent'
  value: number
}

type Health = {
  status: 'live' | 'ready' | 'waiting' | 'stopping'
  /** With `/readyz`: for each check `ready`, or why it is not. */
  checks?: Record<string, string> | undefined
}

type Milestone = {
  /** `half` and `sold-out` are of the stock at that time. `last` is the last grant so far. */
  kind: 'first' | 'half' | 'thousandth' | 'sold-out' | 'last'
  rank: number
  /** When it was granted. RFC 3339 in UTC with milliseconds. */
  at: string
  /** The stock at that time; null when it is not known. */
  stock: number | null
}

/**
 * `closesAt` is after `opensAt` and after now. `usableUntil` is after `usableFrom` and not before `closesAt`.
 * Times lie in the years 1970 to 9999.
 */
type NewCampaign = {
  name: string
  stock: number
  opensAt: string
  closesAt: string
  perUserLimit?: number | undefined
  eligibility?: {
    /** Any but `firstcome:rehearsal`, which only rehearsals have. */
    claim: string
    anyOf: string[]
  }[] | undefined
  timeZone?: string | undefined
  coupon: {
    title: string
    discount: Discount
    /** `opensAt` when left out. */
    usableFrom?: string | undefined
    usableUntil: string
  }
}

/** At most as many shoppers and presses a second as `readOperator` says, within 10 minutes. */
type NewRehearsal = {
  /** How many synthetic shoppers press. One in ten presses twice. */
  shoppers: number
  /** Presses a second; as many as are allowed when left out. */
  perSecond?: number | undefined
  /** At most one for each shopper. That of the campaign when left out, at most half of the shoppers. */
  stock?: number | undefined
  /** Why it is rehearsed. It is kept with the creation of the rehearsal. */
  reason: string
}

type OperatorIdentity = {
  /** The name that stands beside the changes of this token. */
  name: string
  /** What the token may do. */
  roles: ('viewer' | 'operator' | 'orders')[]
  /** What a rehearsal may do; null where rehearsals are off. */
  rehearsals: {
    /** Shoppers of one rehearsal. */
    shoppersMax: number
    /** Presses a second of one rehearsal. */
    perSecondMax: number
  } | null
}

type Outcome = {
  /** `none` is final for the presses until now: pressing again is safe. */
  outcome: 'granted' | 'confirming' | 'recovering' | 'none'
  coupons: Coupon[]
  /** With `confirming` and `recovering`: ask again after that. It differs from one answer to the next. */
  refreshAfterMs?: number | undefined
  /** The former name of `refreshAfterMs`, with the same value. */
  retryAfterMs?: number | undefined
}

type PlannedPreflight = {
  /** The time of the gate. RFC 3339 in UTC with milliseconds. */
  serverTime: string
  /** The worst of doubts and findings. `warning` too where the servers are not known. */
  verdict: 'ok' | 'warning' | 'failed'
  /** All of it for people, in English or Korean by Accept-Language. */
  words: string[]
  money: {
    kind: 'amount'
    currency: string | null
    value: number
    coupons: number
    /**
     * What all coupons are worth together. In the minor unit of the currency, as text: it can be above 2^53.
     */
    total: string
    /** What one person can get at most. In the minor unit of the currency, as text: it can be above 2^53. */
    perUser: string
  } | {
    kind: 'percent'
    value: number
    coupons: number
  }
  who: {
    eligibility: {
      claim: string
      anyOf: string[]
    }[]
    perUserLimit: number
  }
  times: {
    timeZone: string
    opensAt: {
      /** When the sale begins. RFC 3339 in UTC with milliseconds. */
      at: string
      /** The same moment in the time zone of the campaign. */
      local: string
    }
    closesAt: {
      /** The first moment after the sale. RFC 3339 in UTC with milliseconds. */
      at: string
      /** The same moment in the time zone of the campaign. */
      local: string
    }
    usableFrom: {
      /** When coupons can be used. RFC 3339 in UTC with milliseconds. */
      at: string
      /** The same moment in the time zone of the campaign. */
      local: string
    }
    usableUntil: {
      /** The first moment at which they have expired. RFC 3339 in UTC with milliseconds. */
      at: string
      /** The same moment in the time zone of the campaign. */
      local: string
    }
  }
  /** What contradicts itself, the worst first. */
  doubts: ({
    /** What programs decide by. A code never changes its meaning. */
    code: string
    /** `failed`: it cannot do what it is for. */
    level: 'warning' | 'failed'
    /** The field of the campaign; empty for its state. */
    pointer: string
    message: string
  })[]
  /** Null when the servers did not answer in time: ask again. */
  servers: {
    /** When the servers were examined. RFC 3339 in UTC with milliseconds. */
    examinedAt: string
    /** Places that did not answer. */
    unread: string[]
    /** What is not ok, as `npm run doctor` finds it. */
    findings: ({
      place: string
      name: string
      level: 'warning' | 'failed' | 'unknown'
      found: string
      expected: string
      fix: string
      why: string
    })[]
  } | null
}

type Preflight = {
  /** The campaign that was looked at. Treat it as opaque. */
  campaignId: string
  /** The version of its settings that was looked at. */
  version: number
  /** The time of the gate. RFC 3339 in UTC with milliseconds. */
  serverTime: string
  /** The worst of doubts and findings. `warning` too where the servers are not known. */
  verdict: 'ok' | 'warning' | 'failed'
  /** All of it for people, in English or Korean by Accept-Language. */
  words: string[]
  money: {
    kind: 'amount'
    currency: string | null
    value: number
    coupons: number
    /**
     * What all coupons are worth together. In the minor unit of the currency, as text: it can be above 2^53.
     */
    total: string
    /** What one person can get at most. In the minor unit of the currency, as text: it can be above 2^53. */
    perUser: string
  } | {
    kind: 'percent'
    value: number
    coupons: number
  }
  who: {
    eligibility: {
      claim: string
      anyOf: string[]
    }[]
    perUserLimit: number
  }
  times: {
    timeZone: string
    opensAt: {
      /** When the sale begins. RFC 3339 in UTC with milliseconds. */
      at: string
      /** The same moment in the time zone of the campaign. */
      local: string
    }
    closesAt: {
      /** The first moment after the sale. RFC 3339 in UTC with milliseconds. */
      at: string
      /** The same moment in the time zone of the campaign. */
      local: string
    }
    usableFrom: {
      /** When coupons can be used. RFC 3339 in UTC with milliseconds. */
      at: string
      /** The same moment in the time zone of the campaign. */
      local: string
    }
    usableUntil: {
      /** The first moment at which they have expired. RFC 3339 in UTC with milliseconds. */
      at: string
      /** The same moment in the time zone of the campaign. */
      local: string
    }
  }
  /** What contradicts itself, the worst first. */
  doubts: ({
    /** What programs decide by. A code never changes its meaning. */
    code: string
    /** `failed`: it cannot do what it is for. */
    level: 'warning' | 'failed'
    /** The field of the campaign; empty for its state. */
    pointer: string
    message: string
  })[]
  /** Null when the servers did not answer in time: ask again. */
  servers: {
    /** When the servers were examined. RFC 3339 in UTC with milliseconds. */
    examinedAt: string
    /** Places that did not answer. */
    unread: string[]
    /** What is not ok, as `npm run doctor` finds it. */
    findings: ({
      place: string
      name: string
      level: 'warning' | 'failed' | 'unknown'
      found: string
      expected: string
      fix: string
      why: string
    })[]
  } | null
}

/** Every error (RFC 9457). */
type Problem = {
  /** The path of a page for people: `/problems/{code}`. */
  type: string
  /** The code in words. It can change. */
  title: string
  /** The status of the answer. */
  status: number
  /** What happened this time, for people. It can change. */
  detail: string
  /** With `invalid`: every invalid value. With `frozen`: what an edit may not change. */
  errors?: {
    /** A JSON pointer into the body, or `/` and the name of a query parameter. */
    pointer: string
    /** What was expected. */
    message: string
  }[] | undefined
  /** With `not-eligible`: the claim that is not as asked. */
  claim?: string | undefined
  /** With `rehearsal-under-way`: the campaign of that rehearsal. Treat it as opaque. */
  campaignId?: string | undefined
  /** With `not-open`: when the campaign opens. RFC 3339 in UTC with milliseconds. */
  opensAt?: string | undefined
  /** With `not-usable-yet`: from when on it can be used. RFC 3339 in UTC with milliseconds. */
  usableFrom?: string | undefined
  /** With `expired`: the first moment when it could no longer be used. RFC 3339 in UTC with milliseconds. */
  usableUntil?: string | undefined
  /** With `already-redeemed`, for order services: the order. */
  orderId?: string | undefined
  /** With `not-open`: the time of the gate. RFC 3339 in UTC with milliseconds. */
  serverTime?: string | undefined
  /** What programs decide by. A code never changes its meaning. */
  code: ProblemCode
}

type PublicCampaign = {
  /** Ids sort by time. Treat it as opaque. */
  id: string
  name: string
  /** How many coupons there are in all. */
  stock: number
  /** How many coupons one shopper can have. */
  perUserLimit: number
  /** When the sale begins. RFC 3339 in UTC with milliseconds. */
  opensAt: string
  /** The first moment after the sale. RFC 3339 in UTC with milliseconds. */
  closesAt: string
  /** The zone in which people speak of its times: an IANA name. */
  timeZone: string
  /** What the token of a caller must have. None: everyone. */
  eligibility: {
    claim: string
    anyOf: string[]
  }[]
  coupon: CouponTerms
  /** `recovering`: the gate is being recovered or cannot be read, and figures may be too low. */
  state: 'scheduled' | 'open' | 'paused' | 'sold-out' | 'closed' | 'recovering'
  /** Coupons that are left. */
  remaining: number
  soldOutAt: string | null
  /** The time of the gate, by which campaigns open and close. RFC 3339 in UTC with milliseconds. */
  serverTime: string
  /**
   * When to ask again. Add a random delay of up to as much, because a cached answer gives everybody the same
   * value. It is missing when nothing will change.
   */
  refreshAfterMs?: number | undefined
}

/** A coupon that is used for an order. It is the same at every repeat. */
type Redemption = {
  /** The coupon. Treat it as opaque. */
  couponId: string
  /** The order, by the id that the shop gave it. */
  orderId: string
  /** When it was redeemed, by the clock of the database. RFC 3339 in UTC with milliseconds. */
  redeemedAt: string
  /** The campaign that the coupon is of. Treat it as opaque. */
  campaignId: string
  /** The `sub` of the token of its owner. */
  userId: string
  title: string
  discount: Discount
}

type Redrive = {
  /** True: says what would happen, and appends nothing. */
  dryRun: boolean
  /** Why. Needed unless `dryRun` is true; kept with the letter. */
  reason?: string | undefined
}

type RedriveMany = {
  /** True: says what would happen, and appends nothing. */
  dryRun: boolean
  /** Why. Needed unless `dryRun` is true; kept with the letter. */
  reason?: string | undefined
  /** Only letters of this reason; all when left out. */
  onlyReason?: 'undecodable' | 'invalid' | 'unknown-campaign' | 'rank-taken' | 'slot-taken' | 'coupon-differs' | 'rank-above-stock' | 'late' | 'other' | undefined
}

type RedriveResult = {
  dryRun: boolean
  letters: ({
    /** The letter. Partition and offset. */
    id: string
    /** Why. `other` are reasons of another version. */
    reason: 'undecodable' | 'invalid' | 'unknown-campaign' | 'rank-taken' | 'slot-taken' | 'coupon-differs' | 'rank-above-stock' | 'late' | 'other'
    /** The partition of the log to which its record goes. */
    toPartition: number | null
    /** `not-acknowledged`: the record may be in the log again. The letter is open. */
    outcome: 'planned' | 'redriven' | 'not-acknowledged'
    to: string | null
    /** With `planned`: what the recorder would do, each alone. */
    outlook: {
      /**
       * `row`: it becomes one. `recorded`: the ledger has it, and nothing changes. `skipped`: it is a marker.
       * `dead-letter`: it becomes one again. `unknown`: the ledger did not answer.
       */
      kind: 'row' | 'recorded' | 'skipped' | 'dead-letter' | 'unknown'
      /** With `dead-letter`: why. */
      reason: 'undecodable' | 'invalid' | 'unknown-campaign' | 'rank-taken' | 'slot-taken' | 'coupon-differs' | 'rank-above-stock' | 'late' | 'other' | null
      /** With `dead-letter`: the case in words. */
      message: string | null
    } | null
  })[]
  /** Open letters that were meant too, and were not reached: ask again. */
  left: number
}

type Revocation = {
  reason: string
}

type SaleEvent = {
  /** A campaign of the frame. Treat it as opaque. */
  campaignId: string
  /** When it was granted, or recorded. RFC 3339 in UTC with milliseconds. */
  at: string
  kind: 'first' | 'half' | 'thousandth' | 'sold-out' | 'created' | 'paused' | 'resumed' | 'closed' | 'stock-raised' | 'adopted' | 'edited' | 'taken-back'
  /** The grant of a milestone; null for a change. */
  rank: number | null
  /** The stock then, or after the change; null when it is not known. */
  stock: number | null
  /** Who changed it; null for a milestone, and for what the system did. */
  by: string | null
  reason: string | null
}

type ServerList = {
  /** When they were examined, by the clock of this process. RFC 3339 in UTC with milliseconds. */
  examinedAt: string
  /** How long ago that was. */
  ageMs: number
  servers: ({
    /** Redis, Kafka, database, or the machine of this process. */
    name: string
    /** Null where the server does not report it. Kafka never does. */
    version: string | null
    /** Where this process connects to, without user and password. */
    address: string
    /** The worst of its findings; `warning` too for `unknown`. `unread`: it did not answer. */
    level: 'ok' | 'warning' | 'failed' | 'unread'
    /** The result of each requirement, the worst first. */
    findings: ({
      place: string
      name: string
      /** `unknown`: the server did not report what the requirement needs. */
      level: 'ok' | 'warning' | 'failed' | 'unknown'
      found: string
      expected: string
      fix: string
      why: string
    })[]
  })[]
}

type StockChange = {
  /** The new stock in all, above what it was. */
  stock: number
  /** Why it is changed. It is kept with the change. */
  reason: string
}

type SupportCoupon = {
  /** Ids sort by time and cannot be guessed. Treat it as opaque. */
  id: string
  /** The campaign that it is of. Treat it as opaque. */
  campaignId: string
  /** The `sub` of the token of its owner. */
  userId: string
  /** Which of the shopper's coupons of this campaign it is. At most the campaign's `perUserLimit`. */
  slot: number
  /** Its position in the order of the gate. */
  rank: number
  /** `confirming` is not a yes yet. `usable` lasts until `usableUntil`, and holds before `usableFrom` too. */
  state: 'confirming' | 'usable' | 'redeemed' | 'expired' | 'revoked'
  /** When the gate granted it. RFC 3339 in UTC with milliseconds. */
  issuedAt: string
  title: string
  discount: Discount
  /** From when on it can be used. RFC 3339 in UTC with milliseconds. */
  usableFrom: string
  /** The first moment when it can no longer be used. RFC 3339 in UTC with milliseconds. */
  usableUntil: string
  redemption: {
    /** The order, by the id that the shop gave it. */
    orderId: string
    /** When it was redeemed. RFC 3339 in UTC with milliseconds. */
    redeemedAt: string
    /** As what: the owner, an order service, or an operator. */
    as: 'shopper' | 'orders' | 'operator'
  } | null
  revokedAt: string | null
  /** What was done to it, oldest first. */
  history: CouponChange[]
}

type Time = {
  /** Milliseconds since 1970. */
  nowMs: number
}

type Timeline = {
  /** The campaign. Treat it as opaque. */
  campaignId: string
  name: string
  /** The zone in which people speak of its times: an IANA name. */
  timeZone: string
  /** When the sale begins. RFC 3339 in UTC with milliseconds. */
  opensAt: string
  /** The first moment after the sale. RFC 3339 in UTC with milliseconds. */
  closesAt: string
  /** By rank. */
  milestones: Milestone[]
  /** Grants at even distances, and those of milestones, by rank. */
  points: {
    rank: number
    /** When it was granted. RFC 3339 in UTC with milliseconds. */
    at: string
  }[]
  /** The newest 1,000, oldest first. */
  changes: TimelineChange[]
}

type TimelineChange = {
  /** The version that the change made. */
  version: number
  action: 'created' | 'paused' | 'resumed' | 'closed' | 'stock-raised' | 'adopted' | 'edited' | 'taken-back'
  /** When it was recorded. RFC 3339 in UTC with milliseconds. */
  at: string
  /** Who asked for it; null for what the system did. */
  by: string | null
  reason: string | null
  /** The stock after the change. */
  stock: number
}

type WinnerList = {
  items: ({
    rank: number
    /** The coupon. Treat it as opaque. */
    couponId: string
    /** The `sub` of the token of its owner. */
    userId: string
    /** Which of the shopper's coupons of this campaign it is. At most the campaign's `perUserLimit`. */
    slot: number
    state: 'usable' | 'redeemed' | 'expired' | 'revoked'
    /** When the gate granted it. RFC 3339 in UTC with milliseconds. */
    issuedAt: string
    orderId: string | null
    redeemedAt: string | null
    revokedAt: string | null
  })[]
  /** The `cursor` of the next page; null on the last one. */
  nextCursor: string | null
}

export type {
  Audit,
  AuditCheck,
  Campaign,
  CampaignChange,
  CampaignEdit,
  CampaignEvent,
  CampaignList,
  Change,
  ChangeList,
  ChangedCampaign,
  ConsoleCampaign,
  ConsoleFrame,
  ConsoleProcess,
  Coupon,
  CouponChange,
  CouponList,
  CouponTerms,
  DeadLetter,
  DeadLetterHead,
  DeadLetterList,
  Discount,
  Health,
  Milestone,
  NewCampaign,
  NewRehearsal,
  OperatorIdentity,
  Outcome,
  PlannedPreflight,
  Preflight,
  Problem,
  ProblemCode,
  PublicCampaign,
  Redemption,
  Redrive,
  RedriveMany,
  RedriveResult,
  Revocation,
  SaleEvent,
  ServerList,
  StockChange,
  SupportCoupon,
  Time,
  Timeline,
  TimelineChange,
  WinnerList,
}
