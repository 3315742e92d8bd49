import { randomUUID, randomUUIDv7 } from 'node:crypto'
import { inject } from 'vitest'
import { createCampaignShape } from '../../../api/contract/create-campaign.ts'
import { digestOf } from '../../../api/contract/idempotency-key.ts'
import { createCampaignRepository } from '../../../coupon/ledger/campaigns.ts'
import { openCampaignDocument } from '../../../load/people/open-campaign-document.ts'
import { createTokenSigner } from '../../../platform/http/token.ts'
import { connectDatabase } from '../../../platform/mysql/database.ts'
import { expectDescribed } from '../contract/expect-described.ts'

/** An answer of the API, with its body as it came. */
export type ApiAnswer = { status: number; headers: Headers; body: Record<string, unknown> }

/** A user that no other test has. */
export const newUser = (): string => `user-${randomUUID()}`

/** A token of this user, good for an hour. */
export const tokenOf = (userId: string): string =>
  createTokenSigner(inject('environment')['JWT_SECRET'] ?? '')(userId, 3_600)

/** The credential of operators. */
export const operatorToken = (): string => inject('environment')['ADMIN_TOKEN'] ?? ''

/**
 * One request. A JSON body is sent as such; `token` goes into Authorization. An answer that the contract does
 * not describe fails the test.
 */
export const ask = async (
  url: string,
  options: {
    method?: string
    token?: string
    json?: unknown
    headers?: Record<string, string>
    body?: string
  } = {},
): Promise<ApiAnswer> => {
  const headers: Record<string, string> = { ...options.headers }
  if (options.token !== undefined) headers['authorization'] = `Bearer ${options.token}`
  if (options.json !== undefined) headers['content-type'] ??= 'application/json'
  const sent = options.json === undefined ? options.body : JSON.stringify(options.json)
  const response = await fetch(url, {
    method: options.method ?? 'GET',
    headers,
    ...(sent === undefined ? {} : { body: sent }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json') === true
  const body = isJson && text !== '' ? JSON.parse(text) : { text }
  const answer = { status: response.status, headers: response.headers, body }
  expectDescribed(options.method ?? 'GET', url, answer)
  return answer
}

/** Pauses, resumes or closes a campaign or raises its stock as an operator, whatever its version is. */
export const changeCampaign = (
  url: string,
  campaignId: string,
  action: string,
  fields: Record<string, unknown> = {},
): Promise<ApiAnswer> =>
  ask(`${url}/v1/admin/campaigns/${campaignId}/${action}`, {
    method: action === 'stock' ? 'PUT' : 'POST',
    token: operatorToken(),
    headers: { 'if-match': '*' },
    json: { reason: 'a test', ...fields },
  })

/** The document of a campaign that is open now; `changes` replace fields of it. */
export const campaignDocument = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  ...openCampaignDocument({ name: 'Test sale', stock: 100 }),
  ...changes,
})

/** Times of a campaign that is over, and whose gate is still there. */
export const closedAnHourAgo = (): { opensAt: string; closesAt: string } => ({
  opensAt: new Date(Date.now() - 7_200_000).toISOString(),
  closesAt: new Date(Date.now() - 3_600_000).toISOString(),
})

/**
 * Stores a creation in the ledger, as an API process does that dies before it arms the gate. Returns the
 * Idempotency-Key with which a request for the same document finishes it, whatever its times are.
 */
export const storeCreation = async (id: string, document: Record<string, unknown>): Promise<string> => {
  const key = randomUUID()
  const terms = createCampaignShape.parse(document)
  const database = connectDatabase({
    url: inject('environment')['DATABASE_URL'] ?? '',
    connectionsMax: 1,
    queryTimeoutMs: 10_000,
  })
  await createCampaignRepository(database).createOnce(id, terms, Date.now(), {
    keyHash: digestOf(key),
    bodyHash: digestOf(JSON.stringify(terms)),
  })
  await database.close()
  return key
}

/** Creates a campaign through this API process and returns its id. One that is over is a repeat. */
export const createTestCampaign = async (
  url: string,
  changes: Record<string, unknown> = {},
): Promise<string> => {
  const document = campaignDocument(changes)
  const isOver = Date.parse(String(document['closesAt'])) <= Date.now()
  const answer = await ask(`${url}/v1/admin/campaigns`, {
    method: 'POST',
    token: operatorToken(),
    json: document,
    headers: isOver ? { 'idempotency-key': await storeCreation(randomUUIDv7(), document) } : {},
  })
  if (answer.status !== 201) throw new Error(`not created: ${JSON.stringify(answer.body)}`)
  return String(answer.body['id'])
}

/** Presses the button. */
export const press = (url: string, campaignId: string, userId: string, slot?: number): Promise<ApiAnswer> =>
  ask(`${url}/v1/campaigns/${campaignId}/coupons${slot === undefined ? '' : `?slot=${slot}`}`, {
    method: 'POST',
    token: tokenOf(userId),
  })

/** The outcome of a press. */
export const outcomeOf = (url: string, campaignId: string, userId: string): Promise<ApiAnswer> =>
  ask(`${url}/v1/campaigns/${campaignId}/coupons/mine`, { token: tokenOf(userId) })

/** The user's usable coupons; `query` as in `?limit=5`. */
export const listOf = (url: string, userId: string, query = ''): Promise<ApiAnswer> =>
  ask(`${url}/v1/coupons${query}`, { token: tokenOf(userId) })
