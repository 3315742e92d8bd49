import { Pool } from 'undici'
import { z } from 'zod'
import { Failure, messageOf } from '../../platform/failure.ts'
import { type Answer, readIssue, readOutcome, unanswered } from './answer.ts'
import { issuePath } from './shoppers.ts'

/** The API as an operator and as a single shopper sees it; a wave goes through `drive` instead. */
export type ApiClient = {
  /** Creates a campaign that is open for `opensForMs`, an hour when left out, and returns its id. Rejects with `unavailable`, saying why, when the API does not. */
  createCampaign(name: string, stock: number, opensForMs?: number): Promise<string>
  /** Presses once. A request without an answer is unknown, never a rejection. */
  press(campaignId: string, token: string): Promise<Answer>
  /** Asks what came of a press. A request without an answer is unknown, never a rejection. */
  outcome(campaignId: string, token: string): Promise<Answer>
  isReady(): Promise<boolean>
  close(): Promise<void>
}

export type ApiClientOptions = {
  url: string
  adminToken: string
  connections: number
  answerTimeoutMs: number
}

const hourMs = 3_600_000
const createdShape = z.object({ id: z.string() })

/** A client with every wait bounded, on connections of its own. */
export const createApiClient = (options: ApiClientOptions): ApiClient => {
  const { answerTimeoutMs } = options
  const pool = new Pool(options.url, {
    connections: options.connections,
    connect: { timeout: answerTimeoutMs },
    headersTimeout: answerTimeoutMs,
    bodyTimeout: answerTimeoutMs,
  })

  const call = async (method: 'GET' | 'POST', path: string, token?: string, document?: object) => {
    const response = await pool.request({
      method,
      path,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(document === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: document === undefined ? null : JSON.stringify(document),
    })
    const retryAfter = response.headers['retry-after']
    return {
      status: response.statusCode,
      body: await response.body.text(),
      retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
    }
  }

  const ask = async (
    method: 'GET' | 'POST',
    path: string,
    token: string,
    read: (status: number, body: string, retryAfter?: string) => Answer,
  ): Promise<Answer> => {
    try {
      const { status, body, retryAfter } = await call(method, path, token)
      return read(status, body, retryAfter)
    } catch {
      // Refused, reset or timed out: what it did is unknown, and is asked again.
      return unanswered
    }
  }

  return {
    async createCampaign(name, stock, opensForMs = hourMs) {
      const nowMs = Date.now()
      const [opensAt, closesAt] = [nowMs - 60_000, nowMs + opensForMs].map((time) =>
        new Date(time).toISOString(),
      )
      const campaign = {
        name,
        stock,
        opensAt,
        closesAt,
        coupon: { title: 'Ten percent off', discount: { kind: 'percent', value: 10 }, usableUntil: closesAt },
      }
      try {
        const { status, body } = await call('POST', '/v1/admin/campaigns', options.adminToken, campaign)
        if (status !== 201) throw new Error(`it answered ${status} ${body}`)
        return createdShape.parse(JSON.parse(body)).id
      } catch (cause) {
        const message = `the API at ${options.url} created no campaign: ${messageOf(cause)}`
        throw new Failure('unavailable', message, { cause })
      }
    },
    press: (campaignId, token) => ask('POST', issuePath(campaignId), token, readIssue),
    outcome: (campaignId, token) => ask('GET', `${issuePath(campaignId)}/mine`, token, readOutcome),
    async isReady() {
      try {
        return (await call('GET', '/readyz')).status === 200
      } catch {
        return false
      }
    },
    close: () => pool.destroy(),
  }
}
