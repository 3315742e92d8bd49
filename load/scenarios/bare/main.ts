import { Hono } from 'hono'
import { serveHttp } from '../../../platform/http/server.ts'
import { createTokenVerifier } from '../../../platform/http/token.ts'

// The baseline of a load run: the same framework, server, token check and answer size as the API, and nothing
// else.
const verify = createTokenVerifier({
  secret: process.env['JWT_SECRET'] ?? '',
  leewayMs: 5_000,
  now: Date.now,
})
const bearer = 'Bearer '
const coupon = {
  title: 'Ten percent off',
  discount: { kind: 'percent', value: 10 },
  usableFrom: new Date().toISOString(),
  usableUntil: new Date(Date.now() + 3_600_000).toISOString(),
}
let rank = 0

const app = new Hono()
app.post('/v1/campaigns/:campaignId/coupons', (context) => {
  const header = context.req.header('authorization')
  const verdict = header?.startsWith(bearer) ? verify(header.slice(bearer.length)) : undefined
  if (verdict?.kind !== 'user') return context.json({ code: 'unauthorized' }, 401)
  const { userId } = verdict
  const campaignId = context.req.param('campaignId')
  rank += 1
  const id = `00000000-0000-7000-8000-${String(rank).padStart(12, '0')}`
  return context.json(
    { id, campaignId, userId, slot: 1, rank, state: 'usable', issuedAt: new Date().toISOString(), ...coupon },
    201,
    { location: `/v1/campaigns/${campaignId}/coupons/mine` },
  )
})

const { port } = await serveHttp(app, {
  host: '127.0.0.1',
  port: 0,
  keepAliveTimeoutMs: 75_000,
  requestTimeoutMs: 10_000,
  connectionsMax: 50_000,
})
process.stdout.write(`${port}\n`)
// Exits with the process that started it.
process.stdin.on('end', () => process.exit(0)).resume()
