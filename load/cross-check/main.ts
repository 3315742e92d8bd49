import { randomUUID } from 'node:crypto'
import { createTokenSigner } from '../../platform/http/token.ts'
import { createApiClient } from '../people/api-client.ts'
import { createShoppers, issuePath } from '../people/shoppers.ts'

// Creates a campaign with a coupon for each of COUNT shoppers, and writes their presses for wrk or vegeta.
// `main.ts wrk COUNT` writes the path, then a token a line. `main.ts vegeta COUNT` writes a target a line.
const [form = '', count = ''] = process.argv.slice(2)
const { API_URL: url = 'http://127.0.0.1:8080', ADMIN_TOKEN: adminToken = '', JWT_SECRET = '' } = process.env
const api = createApiClient({ url, adminToken, connections: 1, answerTimeoutMs: 5_000 })
const stock = Number(count)
const path = issuePath(await api.createCampaign({ name: 'Cross-check', stock }))
await api.close()
const prefix = `cross-${randomUUID().slice(0, 8)}`
const { token } = createShoppers({ count: stock, prefix, sign: createTokenSigner(JWT_SECRET) })
const tokens = Array.from({ length: stock }, (_, shopper) => token(shopper))
const target = (one: string): string =>
  JSON.stringify({ method: 'POST', url: url + path, header: { Authorization: [`Bearer ${one}`] } })
const lines = form === 'vegeta' ? tokens.map(target) : [path, ...tokens]
process.stdout.write(`${lines.join('\n')}\n`)
