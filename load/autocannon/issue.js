// Lets people press once each for a new campaign, with nothing but the public API of autocannon. To copy.
//
//   node --env-file=.firstcome/environment load/autocannon/issue.js [PRESSES] [CONNECTIONS] [COUPONS]
//
// It does not compare the answers with the database: for a verdict use `npm run load -- burst`.
import { createHmac, randomUUID } from 'node:crypto'
import autocannon from 'autocannon'

const { API_URL = 'http://127.0.0.1:8080', JWT_SECRET = '', ADMIN_TOKEN = '' } = process.env
const [presses = 10_000, connections = 100, stock = 5_000] = process.argv.slice(2).map(Number)
const run = randomUUID().slice(0, 8)

/**
 * A token as the issuer of your shop signs it: HS256, with the user as `sub`.
 * @param {string} userId
 */
const tokenOf = (userId) => {
  const encode = (/** @type {object} */ document) =>
    Buffer.from(JSON.stringify(document)).toString('base64url')
  const exp = Math.floor(Date.now() / 1_000) + 3_600
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ sub: userId, exp })}`
  return `${signed}.${createHmac('sha256', JWT_SECRET).update(signed).digest('base64url')}`
}

const inAnHour = new Date(Date.now() + 3_600_000).toISOString()
const created = await fetch(`${API_URL}/v1/admin/campaigns`, {
  method: 'POST',
  headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
  body: JSON.stringify({
    ...{ name: 'autocannon', stock, opensAt: new Date().toISOString(), closesAt: inAnHour },
    coupon: { title: 'Ten off', discount: { kind: 'percent', value: 10 }, usableUntil: inAnHour },
  }),
})
if (!created.ok) throw new Error(`no campaign: ${created.status} ${await created.text()}`)
const { id } = /** @type {{ id: string }} */ (await created.json())

let pressed = 0
const result = await autocannon({
  url: API_URL,
  connections: Math.min(connections, presses),
  amount: presses,
  requests: [
    {
      method: 'POST',
      path: `/v1/campaigns/${id}/coupons`,
      setupRequest: (request) => ({
        ...request,
        headers: { ...request.headers, authorization: `Bearer ${tokenOf(`${run}-${++pressed}`)}` },
      }),
    },
  ],
})
process.stdout.write(autocannon.printResult(result, { renderStatusCodes: true }))
