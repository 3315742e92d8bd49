import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BaselineName } from './baseline-server.ts'
import { createCouponAnswers } from './coupon-answers.ts'
import { createHonoListener } from './hono.ts'
import { createNodeListener } from './node-http.ts'

// Serves the baseline that BASELINE names, on a free port that it says on standard output.
const listeners = { node: createNodeListener, hono: createHonoListener }
const { BASELINE: name, JWT_SECRET: jwtSecret = '' } = process.env
const listener = listeners[name as BaselineName](createCouponAnswers(jwtSecret))
const server = createServer({ keepAliveTimeout: 75_000 }, listener)
server.listen({ host: '127.0.0.1', port: 0, backlog: 4_096 })
await once(server, 'listening')
process.stdout.write(`${(server.address() as AddressInfo).port}\n`)
// Exits with the process that started it.
process.stdin.on('end', () => process.exit(0)).resume()
