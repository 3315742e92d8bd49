import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { issuePath } from '../people/shoppers.ts'
import { type BadClientTarget, type StartBadClient, shareOf } from './bad-client.ts'
import { paceRequests } from './paced-requests.ts'
import { keepConnections } from './reopened-connections.ts'

/** The name of a kind of bad client, in its order. */
export type BadClientName = keyof typeof badClientKinds

// More than the API reads before it cuts a connection, and more than kernels hold of its answers.
const pipelined = 8_000

const write = (line: string, { url }: BadClientTarget, ...headers: string[]): Buffer =>
  Buffer.from([`${line} HTTP/1.1`, `host: ${new URL(url).host}`, ...headers, '', ''].join('\r\n'), 'latin1')
const bearer = (token: string): string => `authorization: Bearer ${token}`
const pressFor = (campaignId: string): string => `POST ${issuePath(campaignId)}`

/** Thousands of requests on one connection, whose answers nobody reads: again whenever it is cut. */
const pipeliner =
  (lineOf: (target: BadClientTarget) => string): StartBadClient =>
  (target) => {
    const one = write(lineOf(target), target)
    const all = Buffer.concat(Array.from({ length: pipelined }, () => one))
    return keepConnections(target, {
      connections: 4,
      reopenAfterMs: 250,
      begin(socket) {
        socket.write(all)
        return pipelined
      },
      everyMs: 50,
      // Who never reads notices only by writing that it was cut.
      go(socket) {
        socket.write(one)
        return 1
      },
    })
  }

const flood =
  (connections: number, requestOf: (target: BadClientTarget) => Buffer): StartBadClient =>
  (target) =>
    paceRequests(target, {
      connections: shareOf(connections, target),
      perSecond: shareOf(10_000, target),
      request: () => requestOf(target),
    })

/** As long as a real one, and another each time, so that no answer can be remembered. */
const forged = (token: string): string =>
  `${token.slice(0, token.lastIndexOf('.') + 1)}${randomBytes(32).toString('base64url')}`

/** Begins a request and stops in the middle of a header. */
const halfOpen: StartBadClient = (target) =>
  keepConnections(target, {
    connections: shareOf(1_000, target),
    reopenAfterMs: 250,
    begin(socket) {
      socket.write(`${pressFor(target.campaignId)} HTTP/1.1\r\nhost: api\r\nx-never: `)
      return 1
    },
    everyMs: 1_000,
    go: () => 0,
  })

/** A body of which one byte comes at a time. */
const slowBody: StartBadClient = (target) =>
  keepConnections(target, {
    connections: shareOf(500, target),
    reopenAfterMs: 250,
    begin(socket) {
      const headers = [bearer(target.token), 'content-length: 60000']
      socket.write(write(pressFor(randomUUIDv7()), target, ...headers))
      return 1
    },
    everyMs: 100,
    go(socket) {
      socket.write('x')
      return 0
    },
  })

/** Every kind of bad client, with its full rate. None of them can get a coupon. */
export const badClientKinds = {
  'pipelined presses': pipeliner(({ campaignId }) => pressFor(campaignId)),
  'pipelined pages': pipeliner(({ campaignId }) => `GET /v1/campaigns/${campaignId}`),
  'forged tokens': flood(64, (target) =>
    write(pressFor(target.campaignId), target, 'content-length: 0', bearer(forged(target.token))),
  ),
  'unknown campaigns': flood(64, (target) =>
    write(pressFor(randomUUIDv7()), target, 'content-length: 0', bearer(target.token)),
  ),
  'admin lists': flood(500, (target) =>
    write('GET /v1/admin/campaigns', target, bearer(forged(target.token))),
  ),
  'half-open': halfOpen,
  'slow bodies': slowBody,
} as const satisfies Record<string, StartBadClient>

/** Their names, in the order of reports. */
export const badClientNames = Object.keys(badClientKinds) as BadClientName[]
