import { randomUUIDv7 } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'
import {
  type ApiAnswer,
  ask,
  listOf,
  newUser,
  operatorToken,
  outcomeOf,
  press,
  tokenOf,
} from './http-client.ts'

/** A campaign, one of its winners, and the coupon as the winner was told of it. */
export type Sold = { campaignId: string; winner: string; coupon: Record<string, unknown> }

/**
 * The status, then what tells answers of one route apart: code, outcome, verdict or state. Where a
 * retry makes sense, also Retry-After.
 */
const inWords = ({ status, headers, body }: ApiAnswer, coupon: Sold['coupon']): string => {
  if (status === 503) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  const word = body['code'] ?? body['outcome'] ?? body['verdict'] ?? body['state']
  const items = body['items'] ?? body['coupons']
  const held = Array.isArray(items) && isDeepStrictEqual(items, items.length === 0 ? [] : [coupon])
  return [
    status,
    word,
    body['recovery'],
    ...(held ? [items.length === 0 ? 'nothing' : 'the coupon'] : []),
    ...(body['complete'] === false ? ['not complete'] : []),
  ]
    .filter((part) => part !== undefined && part !== null)
    .join(', ')
}

/**
 * Asks a process all that may be asked about a campaign, as its winner, a stranger, anyone and an operator;
 * the answers in words.
 */
export const everyRoute = async (url: string, sold: Sold): Promise<Record<string, string>> => {
  const { campaignId, winner, coupon } = sold
  const stranger = newUser()
  const admin = `${url}/v1/admin/campaigns`
  const asOperator = { token: operatorToken() }
  const asked: Record<string, Promise<ApiAnswer>> = {
    'press, of a stranger': press(url, campaignId, stranger),
    'press, of the winner': press(url, campaignId, winner),
    'press, without a credential': ask(`${url}/v1/campaigns/${campaignId}/coupons`, { method: 'POST' }),
    'press, for a slot that no campaign has': press(url, campaignId, stranger, 11),
    'press, for a campaign that never was': press(url, randomUUIDv7(), stranger),
    'outcome, of a stranger': outcomeOf(url, campaignId, stranger),
    'outcome, of the winner': outcomeOf(url, campaignId, winner),
    'coupon, of the winner': ask(`${url}/v1/coupons/${String(coupon['id'])}`, { token: tokenOf(winner) }),
    'coupon that never was': ask(`${url}/v1/coupons/${randomUUIDv7()}`, { token: tokenOf(winner) }),
    'list, of a stranger': listOf(url, stranger),
    'list, of the winner': listOf(url, winner),
    'public page': ask(`${url}/v1/campaigns/${campaignId}`),
    'public page of a campaign that never was': ask(`${url}/v1/campaigns/${randomUUIDv7()}`),
    "operator's page": ask(`${admin}/${campaignId}`, asOperator),
    timeline: ask(`${admin}/${campaignId}/timeline`, asOperator),
    audit: ask(`${admin}/${campaignId}/audit`, asOperator),
  }
  const answers = await Promise.all(
    Object.entries(asked).map(async ([name, answer]) => [name, inWords(await answer, coupon)]),
  )
  return Object.fromEntries(answers)
}
