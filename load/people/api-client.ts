import { randomUUID } from 'node:crypto'
import { ApiError, createOperatorClient } from '../../client/operator-client.ts'
import { Failure, messageOf } from '../../platform/failure.ts'
import { type Answer, readIssue, readOutcome, unanswered } from './answer.ts'
import { createHttpPool, type HttpPoolOptions } from './http-pool.ts'
import { type OpenCampaign, openCampaignDocument } from './open-campaign-document.ts'
import { issuePath } from './shoppers.ts'

/** The API, as an operator and single shoppers use it. Waves and rushes have clients of their own. */
export type ApiClient = {
  /**
   * Creates a campaign that is open now, and returns its id. What may help is retried for `retryForMs`, which
   * is 0 when left out; then it rejects with `unavailable` and the reason.
   */
  createCampaign(campaign: OpenCampaign, retryForMs?: number): Promise<string>
  /** Presses once. A request without an answer resolves with `unanswered`. */
  press(campaignId: string, token: string): Promise<Answer>
  /** Asks for the outcome of a press. A request without an answer resolves with `unanswered`. */
  outcome(campaignId: string, token: string): Promise<Answer>
  isReady(): Promise<boolean>
  close(): Promise<void>
}

export type ApiClientOptions = HttpPoolOptions & { adminToken: string }

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

  return {
    async createCampaign(campaign, retryForMs = 0) {
      const operator = createOperatorClient({
        ...{ url: options.url, token: adminToken, requestTimeoutMs: options.answerTimeoutMs },
        attemptsMax: retryForMs === 0 ? 1 : Infinity,
        deadlineMs: options.answerTimeoutMs + retryForMs,
      })
      try {
        return (await operator.createCampaign(openCampaignDocument(campaign), randomUUID())).id
      } catch (cause) {
        const answered = cause instanceof ApiError && cause.status > 0 ? 'it answered ' : ''
        const message = `the API at ${options.url} created no campaign: ${answered}${messageOf(cause)}`
        throw new Failure('unavailable', message, { cause })
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
