// Runs outside of the repository, beside a copy of docs/openapi.json: it may import nothing but Node.
import { setTimeout as pause } from 'node:timers/promises'
import { createDocumentCaller, type DocumentAnswer } from './document-caller.ts'

/** What the program is told: it knows nothing else of the API. */
type Task = { urls: string[]; operator: string; shoppers: string[] }

const task: Task = JSON.parse(process.argv[2] ?? '') as Task
const [stock, moreStock] = [5, 8]
const api = createDocumentCaller('openapi.json', task.urls, task.operator)
const report: Record<string, unknown> = {}

const at = (offsetMs: number): string => new Date(Date.now() + offsetMs).toISOString()
const document = {
  ...{ name: 'A sale from the document', stock, opensAt: at(1_800_000), closesAt: at(3_600_000) },
  coupon: { title: 'Ten percent off', discount: { kind: 'percent', value: 10 }, usableUntil: at(7_200_000) },
}
const key = `"${task.shoppers[0]?.slice(-40)}"`
const create = (): Promise<DocumentAnswer> =>
  api.call('createCampaign', { parameters: { 'Idempotency-Key': key }, json: document })

const created = await create()
const campaignId = String(created.body['id'])
report['created'] = [created.status, (await create()).body['id'] === campaignId]

const parameters = { campaignId }

/** Presses until something is decided: pressing again is safe, and a coupon may take its time. */
const press = async (shopper: string): Promise<string> => {
  const asked = { parameters, shopper }
  let { status, body } = await api.call('issue', asked)
  while (status === 503) ({ status, body } = await api.call('issue', asked))
  while (status === 202)
    if ((await api.call('readOutcome', asked)).body['outcome'] === 'granted') status = 201
  return status === 409 ? String(body['code']) : String(status)
}
/** Everybody presses at once; how often each answer came. */
const burst = async (shoppers: readonly string[]): Promise<Record<string, number>> => {
  const counts: Record<string, number> = {}
  for (const answer of await Promise.all(shoppers.map((shopper) => press(shopper))))
    counts[answer] = (counts[answer] ?? 0) + 1
  return counts
}
let version = created.headers.get('etag') ?? ''
const change = async (operationId: string, json: object = {}): Promise<unknown> => {
  const { status, headers, body } = await api.call(operationId, {
    ...{
      parameters: { ...parameters, 'If-Match': version },
      json: { reason: 'the document says so', ...json },
    },
  })
  version = headers.get('etag') ?? ''
  return [status, body['state'] ?? body['code']]
}
const [someone = '', ...others] = task.shoppers

const preflight = await api.call('preflightCampaign', { parameters })
report['preflight'] = [preflight.body['money'], preflight.body['doubts']]
report['press before the opening'] = await press(someone)
report['opened'] = await change('editCampaign', { opensAt: at(-1_000), coupon: { usableFrom: at(-1_000) } })
while ((await api.call('readPublicCampaign', { parameters })).body['state'] !== 'open') await pause(50)
report['burst'] = await burst(others)
report['paused'] = await change('pauseCampaign')
report['press while it is paused'] = await press(someone)
report['more stock'] = await change('raiseStock', { stock: moreStock })
report['resumed'] = await change('resumeCampaign')
report['second burst'] = await burst(others)
report['closed'] = await change('closeCampaign')
report['press after the close'] = await press(someone)

type Won = { shopper: string; id: string; rank: number }
const won: Won[] = []
for (const shopper of others) {
  const { body } = await api.call('readOutcome', { parameters, shopper })
  if (body['outcome'] !== 'granted') continue
  const { body: list } = await api.call('listUsableCoupons', { parameters: { limit: 1 }, shopper })
  const [{ id } = { id: '' }] = list['items'] as { id: string }[]
  const { body: coupon } = await api.call('readCoupon', { parameters: { couponId: id }, shopper })
  won.push({ shopper, id, rank: Number(coupon['rank']) })
}
report['ranks'] = won.map(({ rank }) => rank).toSorted((one, other) => one - other)

/** A coupon may not have its row yet: what was refused with 503 is asked again. */
const use = async (operationId: string, { id, shopper }: Won, orderId: string): Promise<unknown> => {
  const asked = { parameters: { couponId: id, orderId }, shopper }
  let answer = await api.call(operationId, asked)
  while (answer.status === 503) answer = await api.call(operationId, asked)
  return answer.body['code'] ?? answer.status
}
const [kept, taken] = won
if (kept === undefined || taken === undefined) throw new Error('nobody won')
report['redeemed'] = [
  await use('redeemCoupon', kept, 'order-1'),
  await use('redeemCoupon', kept, 'order-1'),
  await use('redeemCoupon', kept, 'order-2'),
]
report['given back'] = [
  await use('giveBackCoupon', kept, 'order-1'),
  await use('redeemCoupon', kept, 'order-2'),
]
const revocation = { parameters: { couponId: taken.id }, json: { reason: 'the document says so' } }
let revoked = await api.call('revokeCoupon', revocation)
while (revoked.status === 503) revoked = await api.call('revokeCoupon', revocation)
report['revoked'] = [revoked.body['state'], await use('redeemCoupon', taken, 'order-3')]
const { body: support } = await api.call('readCouponForSupport', { parameters: { couponId: kept.id } })
report['history'] = (support['history'] as { action: string }[]).map(({ action }) => action)

const { body: changes } = await api.call('listChanges', { parameters })
report['changes'] = (changes['items'] as { action: string }[]).map(({ action }) => action)
const audited = async (): Promise<unknown> =>
  (await api.call('auditCampaign', { parameters })).body['verdict']
let verdict = await audited()
while (verdict === 'in-flight') verdict = await audited()
report['audit'] = verdict

// The audit has said that every coupon has its row.
const listed: number[] = []
let cursor: unknown
do {
  const asked = { ...parameters, limit: 3, ...(typeof cursor === 'string' ? { cursor } : {}) }
  const { body: page } = await api.call('listWinners', { parameters: asked })
  listed.push(...(page['items'] as { rank: number }[]).map(({ rank }) => rank))
  cursor = page['nextCursor']
} while (cursor !== null)
const { body: file } = await api.call('listWinners', { parameters, accept: 'text/csv' })
const lines = String(file['text']).trim().split('\n')
report['exported'] = [listed, lines.length]
report['clock'] = Math.abs(Number((await api.call('readClock')).body['nowMs']) - Date.now()) < 60_000

process.stdout.write(JSON.stringify(report))
