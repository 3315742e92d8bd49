import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { ask, createTestCampaign, newUser, operatorToken, press } from '../harness/processes/http-client.ts'
import { openConnection, type RawAnswer } from '../harness/processes/raw-connection.ts'
import { type Running, startPart } from '../harness/processes/start-part.ts'

const gateway = '127.0.0.2'
const [withoutGateway] = inject('apiUrls')
let api: Running
beforeAll(async () => {
  api = await startPart(
    'api',
    { ...inject('environment'), USER_HEADER: 'X-User-Id', TRUSTED_GATEWAYS: `10.0.0.0/8,${gateway}` },
    { folder: inject('folder'), waitFor: 'ready' },
  )
})
afterAll(() => api.stop())

/** One request from this address of the machine. */
const sendFrom = async (
  address: string,
  url: string,
  target: string,
  ...headers: string[]
): Promise<RawAnswer> => {
  const connection = await openConnection(url, address)
  try {
    connection.send([target, 'host: here', ...headers, '', ''].join('\r\n'))
    return await connection.answer()
  } finally {
    connection.end()
  }
}
const pressOf = (campaignId: string): string => `POST /v1/campaigns/${campaignId}/coupons HTTP/1.1`

test('a gateway says who presses, and the coupon is theirs', async () => {
  const campaignId = await createTestCampaign(api.url)
  const user = newUser()
  const { status, body } = await sendFrom(gateway, api.url, pressOf(campaignId), `x-user-id: ${user}`)
  expect([status, (JSON.parse(body) as { userId: string }).userId]).toEqual([201, user])
  expect((await press(api.url, campaignId, user)).status).toBe(200)
})

test.each([
  ['another address', '127.0.0.3', ['x-user-id: alice']],
  [
    'another address that names the gateway',
    '127.0.0.3',
    ['x-user-id: alice', `x-forwarded-for: ${gateway}`],
  ],
  ['the gateway twice', gateway, ['x-user-id: alice', 'x-user-id: bob']],
  ['the gateway for nobody', gateway, ['x-user-id: ']],
])('%s is not believed', async (_, address, headers) => {
  const campaignId = await createTestCampaign(api.url)
  const { status, body } = await sendFrom(address, api.url, pressOf(campaignId), ...headers)
  expect(status).toBe(401)
  if (address !== gateway) expect(body).toContain('x-user-id is only accepted from the gateway')
})

test('a gateway makes no operators, and tokens are accepted beside it', async () => {
  const list = 'GET /v1/admin/campaigns HTTP/1.1'
  expect((await sendFrom(gateway, api.url, list, 'x-user-id: operator')).status).toBe(401)
  expect((await ask(`${api.url}/v1/admin/campaigns`, { token: operatorToken() })).status).toBe(200)
})

test('without the setting the header means nothing', async () => {
  const list = 'GET /v1/coupons HTTP/1.1'
  expect((await sendFrom(gateway, withoutGateway, list, 'x-user-id: alice')).status).toBe(401)
})
