import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { createHttpPool, type HttpPool } from '../../load/people/http-pool.ts'

/**
 * A time in which no coupon may be granted, in the clock of the round. It begins with the answer to a pause
 * or a closure, and ends when the resumption is sent.
 */
export type Stop = {
  kind: 'pause' | 'close'
  /** The first try was sent. */
  askedMs: number
  /** It was answered: the gate has it. `undefined` while no try was. */
  answeredMs: number | undefined
  /** The ledger had it too. */
  isRecorded: boolean
  resumeSentMs: number | undefined
  /** The gate has the resumption. */
  resumedMs: number | undefined
  /** Times of the gate after the answer and before the resumption. `undefined` where it was silent. */
  gateMs: { from: number | undefined; until: number | undefined }
  /** From the answer until the pages of all API processes said so. `undefined`: not before the end. */
  pagesMs: number | undefined
}

/** An operator who changes the campaign of a round. Tries go on while other faults keep the API from it. */
export type SaleOperator = {
  /** `false`: no answer in time, or the campaign is closed. */
  pause(limitMs: number): Promise<boolean>
  /** Resolves once the gate of a paused campaign has the resumption. Rejects after `limitMs`. */
  resume(limitMs: number): Promise<void>
  close(limitMs: number): Promise<boolean>
  /** `false` when the ledger was not known to have it in time. */
  raiseStock(by: number, limitMs: number): Promise<boolean>
  /** The highest stock that the ledger is known to have. */
  stock(): number
  /** The highest stock that the ledger may have. */
  askedStock(): number
  stops(): readonly Stop[]
  /** A closure was sent. */
  mayBeClosed(): boolean
  /** Whether the campaign may have been paused at a moment between the two. */
  mayBePaused(fromMs: number, untilMs: number): boolean
  disconnect(): Promise<void>
}

export type OperatorOptions = {
  urls: readonly string[]
  campaignId: string
  adminToken: string
  stock: number
  now(): number
  /** The clock of the gate, read past the links. `undefined` when it does not answer at once. */
  gateNowMs(): Promise<number | undefined>
}

type Action = 'pause' | 'resume' | 'close' | 'stock'
type Done = { isRecorded: boolean; isApplied: boolean }

// Longer than an API process waits for the database and then for the gate.
const answerTimeoutMs = 6_000
const pauseMs = 100
const pagePauseMs = 10
const pagesWithinMs = 10_000
const pageShape = z.object({ state: z.string() })
const doneShape = z.object({ recorded: z.boolean(), applied: z.boolean() })

/** The campaign is open, and has version 1. */
export const createSaleOperator = (options: OperatorOptions): SaleOperator => {
  const { urls, campaignId, now } = options
  const pools = urls.map((url) => createHttpPool({ url, connections: 4, answerTimeoutMs }))
  const stops: Stop[] = []
  let [stock, askedStock] = [options.stock, options.stock]
  // A try that arrives after a later change finds another version: it changes nothing.
  let version = '"1"'
  let at = 0

  /** One try. `frozen`: the campaign is closed. */
  const send = async (action: Action, document: object): Promise<Done | 'frozen' | undefined> => {
    const path = `/v1/admin/campaigns/${campaignId}/${action}`
    const method = action === 'stock' ? 'PUT' : 'POST'
    at = (at + 1) % pools.length
    const content = {
      token: options.adminToken,
      document: { reason: 'fault run', ...document },
      ifMatch: version,
    }
    const answer = await pools[at]?.send(method, path, content).catch(() => undefined)
    version = answer?.etag ?? version
    if (answer?.status === 409) return 'frozen'
    if (answer?.status !== 200 && answer?.status !== 202) return undefined
    const { recorded, applied } = doneShape.parse(JSON.parse(answer.body))
    return { isRecorded: recorded, isApplied: applied }
  }

  /** Tries until the answer is enough. */
  const until = async (
    action: Action,
    document: object,
    limitMs: number,
    isEnough: (done: Done) => boolean,
  ): Promise<Done | undefined> => {
    const untilMs = now() + limitMs
    for (;;) {
      const done = await send(action, document)
      // Also while a clock is past the end of the campaign: then it is not over for good.
      if (done === 'frozen' && stops.some(({ kind }) => kind === 'close')) return undefined
      if (done !== undefined && done !== 'frozen' && isEnough(done)) return done
      if (now() >= untilMs) return undefined
      await wait(pauseMs)
    }
  }

  /** Asks the public page of every API process until it says so, or the stop is over. */
  const watchPages = async (stop: Stop, state: 'paused' | 'closed'): Promise<void> => {
    const says = async (pool: HttpPool): Promise<boolean> => {
      const answer = await pool.send('GET', `/v1/campaigns/${campaignId}`).catch(() => undefined)
      return answer?.status === 200 && pageShape.parse(JSON.parse(answer.body)).state === state
    }
    const { answeredMs = now() } = stop
    const isOver = (): boolean => stop.resumeSentMs !== undefined || now() > answeredMs + pagesWithinMs
    const watched = await Promise.all(
      pools.map(async (pool) => {
        while (!isOver()) {
          if (await says(pool)) return now() - answeredMs
          await wait(pagePauseMs)
        }
        return Infinity
      }),
    )
    const pagesMs = Math.max(...watched)
    if (pagesMs < Infinity) stop.pagesMs = pagesMs
  }

  const stopBy = async (kind: Stop['kind'], limitMs: number): Promise<boolean> => {
    const stop: Stop = {
      ...{ kind, askedMs: now(), answeredMs: undefined, isRecorded: false },
      ...{ resumeSentMs: undefined, resumedMs: undefined, pagesMs: undefined },
      gateMs: { from: undefined, until: undefined },
    }
    stops.push(stop)
    const done = await until(kind, {}, limitMs, ({ isApplied }) => isApplied)
    if (done === undefined) return false
    stop.answeredMs = now()
    stop.isRecorded = done.isRecorded
    stop.gateMs.from = await options.gateNowMs()
    void watchPages(stop, kind === 'pause' ? 'paused' : 'closed')
    return true
  }

  const raiseStock = async (by: number, limitMs: number): Promise<boolean> => {
    askedStock += by
    const wanted = askedStock
    const done = await until('stock', { stock: wanted }, limitMs, ({ isRecorded }) => isRecorded)
    if (done !== undefined) stock = Math.max(stock, wanted)
    return done !== undefined
  }

  return {
    pause: (limitMs) => stopBy('pause', limitMs),
    close: (limitMs) => stopBy('close', limitMs),
    async resume(limitMs) {
      const open = stops.filter(({ kind, resumedMs }) => kind === 'pause' && resumedMs === undefined)
      // Another version, so that no unanswered try pauses the campaign after its resumption.
      if (open.some(({ answeredMs }) => answeredMs === undefined)) await raiseStock(1, limitMs)
      const gateMs = await options.gateNowMs()
      for (const stop of open) {
        stop.gateMs.until = gateMs
        stop.resumeSentMs = now()
      }
      const done = await until('resume', {}, limitMs, ({ isRecorded, isApplied }) => isRecorded && isApplied)
      if (done === undefined && !stops.some(({ kind }) => kind === 'close'))
        throw new Error(`no API process resumed the campaign within ${limitMs} ms`)
      for (const stop of open) stop.resumedMs = now()
    },
    raiseStock,
    stock: () => stock,
    askedStock: () => askedStock,
    stops: () => stops,
    mayBeClosed: () => stops.some(({ kind }) => kind === 'close'),
    mayBePaused: (fromMs, untilMs) =>
      stops.some(
        ({ kind, askedMs, resumedMs = Number.POSITIVE_INFINITY }) =>
          kind === 'pause' && askedMs <= untilMs && fromMs <= resumedMs,
      ),
    async disconnect() {
      await Promise.all(pools.map((pool) => pool.close()))
    },
  }
}
