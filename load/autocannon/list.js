// Lets people list their usable coupons, with nothing but the public API of autocannon. To copy.
//
//   node --env-file=.firstcome/environment load/autocannon/list.js [LISTS] [CONNECTIONS] [PEOPLE]
import { createHmac } from 'node:crypto'
import autocannon from 'autocannon'

const { API_URL = 'http://127.0.0.1:8080', JWT_SECRET = '' } = process.env
const [lists = 10_000, connections = 32, people = 1_000] = process.argv.slice(2).map(Number)

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

const result = await autocannon({
  url: API_URL,
  connections: Math.min(connections, lists),
  amount: lists,
  requests: Array.from({ length: people }, (_, person) => ({
    path: '/v1/coupons',
    headers: { authorization: `Bearer ${tokenOf(`reader-${person + 1}`)}` },
  })),
})
process.stdout.write(autocannon.printResult(result, { renderStatusCodes: true }))
