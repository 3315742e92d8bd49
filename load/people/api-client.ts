import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { Failure, messageOf } from '../../platform/failure.ts'
import { type Answer, readIssue, readOutcome, unanswered } from './answer.ts'
import { createHttpPool, type HttpPoolOptions } from './http-pool.ts'
import { type NewCampaign, openCampaignDocument } from './open-campaign-document.ts'
import { issuePath } from './shoppers.ts'

/** The API, as an operator and single shoppers use it. Waves and rushes have clients of their own. */
export type ApiClient = {
  /**
   * Creates a campaign that is open now, and returns its id. A failure is retried for `retryForMs`, which is
   * 0 when left out; then it rejects with `unavailable` and the reason.
   */
  createCampaign(campaign: NewCampaign, retryForMs?: number): Promise<string>
  /** Presses once. A request without an answer resolves with `unanswered`. */
  press(campaignId: string, token: string): Promise<Answer>
  /** Asks for the outcome of a press. A request without an answer resolves with `unanswered`. */
  outcome(campaignId: string, token: string): Promise<Answer>
  isReady(): Promise<boolean>
  close(): Promise<void>
}

export type ApiClientOptions = HttpPoolOptions & { adminToken: string }

const retryIntervalMs = 200
const createdShape = z.object({ id: z.string() })

export const createApiClient = ({ adminToken, ...options }: ApiClientOptions): ApiClient => {
  const http = createHttpPool(options)

  const ask = async (
    method: 'GET' | 'POST',
    path: string,
    token: string,
    read: (status: number, body: string, retryAfter?: string) => Answer,
  ): Promise<Answer> => {
    try {
      const { status, body, retryAfter } = await http.send(method, path, { token })
      return read(status, body, retryAfter)
    } catch {
      // Refused, reset or timed out: nobody knows what the request did.
      return unanswered
    }
  }

  const create = async (document: object, idempotencyKey: string): Promise<string> => {
    const { status, body } = await http.send('POST', '/v1/admin/campaigns', {
      token: adminToken,
      document,
      idempotencyKey,
    })
    if (status !== 201) throw new Error(`it answered ${status} ${body}`)
    return createdShape.parse(JSON.parse(body)).id
  }

  return {
    async createCampaign(campaign, retryForMs = 0) {
      // One key and one document for all tries: a lost answer must not make a second campaign.
      const [document, key] = [openCampaignDocument(campaign), randomUUID()]
      const untilMs = performance.now() + retryForMs
      for (;;) {
        try {
          return await create(document, key)
        } catch (cause) {
          const message = `the API at ${options.url} created no campaign: ${messageOf(cause)}`
          if (performance.now() >= untilMs) throw new Failure('unavailable', message, { cause })
        }
        await wait(retryIntervalMs)
      }
    },
    press: (campaignId, token) => ask('POST', issuePath(campaignId), token, readIssue),
    outcome: (campaignId, token) => ask('GET', `${issuePath(campaignId)}/mine`, token, readOutcome),
    async isReady() {
      try {
        return (await http.send('GET', '/readyz')).status === 200
      } catch {
        return false
      }
    },
    close: http.close,
  }
}
