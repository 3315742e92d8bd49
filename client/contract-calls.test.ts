import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createOperatorClient } from './operator-client.ts'
import { createClient } from './shopper-client.ts'

type Schema = { $ref?: string; required?: string[] }
type Operation = {
  operationId: string
  parameters?: { name: string; in: string; required?: boolean }[]
  requestBody?: object
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>
}
const openApi: {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
} = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'docs', 'openapi.json'), 'utf8'))

const operations = Object.entries(openApi.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
)

/** For people, probes and tools, and streams: no calls of a client. */
const left = [
  'explainProblem',
  'readContract',
  'readReference',
  'checkLiveness',
  'checkReadiness',
  'listenToCampaign',
  'watchSystem',
  'shopperPage',
  'couponsPage',
  'consolePage',
  'frontPage',
  'readAsset',
  'readElement',
]

const terms = {
  ...{ name: 'Sale', stock: 1, opensAt: 'now', closesAt: 'then' },
  coupon: { title: 'A coupon', discount: { kind: 'percent', value: 10 }, usableUntil: 'then' },
} as const

/** Headers that save an answer, and which a call can do without. */
const savings = ['If-None-Match']

/** Every call of the two clients, by the operation that it is for. */
const calls: Record<
  string,
  (
    client: ReturnType<typeof createClient>,
    operator: ReturnType<typeof createOperatorClient>,
  ) => Promise<unknown>
> = {
  readTimeline: (_, operator) => operator.timeline('one'),
  readOperator: (_, operator) => operator.whoAmI(),
  rehearseCampaign: (_, operator) => operator.rehearse('one', { shoppers: 1, reason: 'why' }),
  issue: (client) => client.issue('one', { slot: 2 }),
  readOutcome: (client) => client.outcome('one'),
  listUsableCoupons: (client) => client.listUsableCoupons({ limit: 1, cursor: 'c', state: 'all' }),
  redeemCoupon: (client) => client.redeem('one', 'one'),
  giveBackCoupon: (client) => client.giveBack('one', 'one'),
  listCouponsOfUser: (_, operator) => operator.couponsOfUser('one', { limit: 1, cursor: 'c', state: 'all' }),
  readCouponForSupport: (_, operator) => operator.coupon('one'),
  revokeCoupon: (_, operator) => operator.revoke('one', { reason: 'why' }),
  readCoupon: (client) => client.coupon('one'),
  readPublicCampaign: (client) => client.campaign('one'),
  readClock: (client) => client.time(),
  createCampaign: (_, operator) => operator.createCampaign(terms, 'key'),
  listCampaigns: (_, operator) =>
    operator.listCampaigns({ limit: 1, cursor: 'c', state: 'open', text: 'sale' }),
  readCampaign: (_, operator) => operator.readCampaign('one'),
  pauseCampaign: (_, operator) => operator.pause('one', { reason: 'why' }),
  resumeCampaign: (_, operator) => operator.resume('one', { reason: 'why' }),
  closeCampaign: (_, operator) => operator.close('one', { reason: 'why' }),
  raiseStock: (_, operator) => operator.raiseStock('one', 2, { reason: 'why' }),
  editCampaign: (_, operator) => operator.edit('one', { name: 'Sale' }, { reason: 'why' }),
  preflightCampaign: (_, operator) => operator.preflight('one'),
  preflightNewCampaign: (_, operator) => operator.preflightNew(terms),
  listServers: (_, operator) => operator.servers(),
  listChanges: (_, operator) => operator.changes('one'),
  listWinners: (_, operator) => operator.winners('one', { limit: 1, cursor: 'c' }),
  auditCampaign: (_, operator) => operator.audit('one'),
  listDeadLetters: (_, operator) => operator.deadLetters({ reason: 'late', limit: 1 }),
  readDeadLetter: (_, operator) => operator.deadLetter('one:one'),
  redriveDeadLetter: (_, operator) => operator.redriveDeadLetter('one:one', { dryRun: true }),
  redriveDeadLetters: (_, operator) => operator.redriveDeadLetters({ dryRun: false, reason: 'why' }),
}

test('every operation of the contract has a call, and every call has an operation', () => {
  const inContract = operations.map(({ operation }) => operation.operationId)
  expect(Object.keys(calls).toSorted()).toEqual(inContract.filter((id) => !left.includes(id)).toSorted())
})

const schemaOf = ({ $ref, ...schema }: Schema): Schema =>
  $ref === undefined ? schema : (openApi.components.schemas[$ref.replace(/^.*\//, '')] ?? {})

test.each(Object.keys(calls))('the call for %s is what the contract describes', async (operationId) => {
  const found = operations.find(({ operation }) => operation.operationId === operationId)
  if (found === undefined) throw new Error('the contract has no such operation')
  const { method, path, operation } = found
  const sent: { input: URL; init: RequestInit }[] = []
  // The least that the contract promises: the fields that are required.
  const success = Object.entries(operation.responses).find(([status]) => status.startsWith('2'))
  const { required = [] } = schemaOf(success?.[1].content?.['application/json']?.schema ?? {})
  const body = Object.fromEntries(required.map((name) => [name, 1]))
  const options = {
    url: 'http://api',
    attemptsMax: 1,
    fetch: async (input: unknown, init: RequestInit = {}): Promise<Response> => {
      sent.push({ input: new URL(String(input)), init })
      return Response.json(body)
    },
  }
  await calls[operationId]?.(createClient(options), createOperatorClient(options))
  const [{ input, init } = { input: new URL('http://none'), init: {} }] = sent
  expect(sent).toHaveLength(1)
  expect(`${init.method} ${input.pathname}`).toBe(
    `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, 'one')}`,
  )
  const named = (place: string, isRequired = false) =>
    (operation.parameters ?? [])
      .filter((one) => one.in === place && (!isRequired || one.required === true))
      .map(({ name }) => name)
  expect([...input.searchParams.keys()].toSorted()).toEqual(named('query').toSorted())
  const headers = new Headers(init.headers)
  expect(named('header').filter((name) => !headers.has(name) && !savings.includes(name))).toEqual([])
  expect(init.body !== undefined).toBe(operation.requestBody !== undefined)
})
