import { hash } from 'node:crypto'
import { z } from 'zod'
import { operatorTokens } from '../coupon/operator.ts'
import { connectionsMax, issuingSettings } from '../coupon/settings.ts'
import { fitTogether } from '../platform/connections/server-connections.ts'
import { adminToken, count, distinctSecrets, jwtSecret, milliseconds, port } from '../platform/settings.ts'
import { corsOrigins } from './cors.ts'
import { tokenRules, tokenSettings } from './token-settings.ts'

const settings = z.object({
  ...issuingSettings,
  JWT_SECRET: jwtSecret()
    .optional()
    .describe(
      "Secret that signs shoppers' tokens (JWT, HS256). Needed without JWKS. Make one: openssl rand -base64 48",
    ),
  ADMIN_TOKEN: adminToken().describe(
    'Bearer token of the operator named operator, other than JWT_SECRET. Make one: openssl rand -base64 48',
  ),
  OPERATORS: operatorTokens
    .optional()
    .describe(
      'Named operators as name:role:hash, several with commas between. Roles are viewer, operator and orders. Only the hash of a token is here. Make one: npm run token -- operator --name alice --roles viewer',
    ),
  ...tokenSettings,
  JWT_LEEWAY_MS: count(5_000, 300_000, 0).describe(
    'Tolerance for the clock of the token issuer: tokens expire this much later and begin this much earlier.',
  ),
  API_HOST: z.string().default('127.0.0.1').describe('Address to listen on. In a container 0.0.0.0.'),
  API_PORT: port(8_080).describe(
    'TCP port of the API. Port 0 takes a free one (not with npm start). Docker Compose: the port on this machine.',
  ),
  API_METRICS_PORT: port(9_464).describe(
    "TCP port of the API's /metrics. Processes of one API share it (API_PROCESSES).",
  ),
  API_PROCESSES: count(1, 64).describe(
    'Processes that share API_PORT on one machine: as many as it has cores, 1 in a container. Not with API_PORT=0.',
  ),
  STOP_DELAY_MS: count(500, 3_000, 0).describe(
    'Time from SIGTERM, when /readyz becomes 503, until no new connection is accepted. Above what a balancer needs to notice.',
  ),
  GATE_BATCH_SIZE_MAX: count(256, 256).describe('Users in one call of the gate.'),
  ISSUE_QUEUE_MAX: count(20_000, 1_000_000).describe(
    'Requests to issue that may wait in one process, for their turn, a gate or the log. The next one is refused as overloaded.',
  ),
  REQUESTS_IN_FLIGHT_MAX: count(1_000, 100_000).describe(
    'Presses that one process works on at once, as many reads of the database, and as many other reads. More wait in order, at a tenth of the memory.',
  ),
  REGISTRY_INTERVAL_MS: milliseconds(500).describe(
    'Time between two readings of the list of live campaigns.',
  ),
  QUERY_TIMEOUT_MS: milliseconds(2_000).describe('Time until a query of the database is given up.'),
  LIST_DEADLINE_MS: milliseconds(1_000, 60_000).describe(
    'Time from its arrival after which a list of coupons is answered with what is known by then, and `complete: false`.',
  ),
  KEEP_ALIVE_TIMEOUT_MS: milliseconds(75_000).describe(
    'Time that an idle connection is kept open. Longer than the idle time of a balancer in front.',
  ),
  REQUEST_TIMEOUT_MS: milliseconds(10_000).describe(
    'Time within which a complete request must arrive. After it the answer is 408.',
  ),
  INACTIVITY_TIMEOUT_MS: milliseconds(60_000).describe(
    'Time without a byte on a connection, amid a request and its answer, after which it is closed. Longer than any answer takes: GATE_TIMEOUT_MS and PUBLISH_DEADLINE_MS together, and the arming of a new campaign.',
  ),
  CONNECTIONS_MAX: connectionsMax.describe('Connections at once in one process. 20000 fit into 512 MB.'),
  CLIENT_CONNECTIONS_MAX: count(2_000, 1_000_000, 0).describe(
    'Connections of one client address at once in one process; further ones are closed. 0 is no bound. Not with TRUSTED_PROXIES.',
  ),
  CLIENT_REQUESTS_MAX: count(2_000, 1_000_000, 0).describe(
    'Requests of one client address at once in one process; further ones are answered 429. 0 is no bound.',
  ),
  LISTENERS_MAX: count(5_000, 1_000_000, 0).describe(
    'Streams of campaign events at once in one process, at 16 KB each; further ones are answered 503, and ask for the campaign instead. Less than CONNECTIONS_MAX.',
  ),
  CLIENT_LISTENERS_MAX: count(500, 1_000_000, 0).describe(
    'Streams of one client address at once in one process; further ones are answered 429. 0 is no bound.',
  ),
  CLIENT_RATE_MAX: count(2_000, 1_000_000, 0).describe(
    'Requests a second of one client address in one process, 5 s of it at once; others are answered 429. 0 is no bound.',
  ),
  USER_RATE_MAX: count(20, 1_000_000, 0).describe(
    'Requests a second of one shopper in one process, 5 s of it at once; others are answered 429. Presses of winners do not count. 0 is no bound.',
  ),
  CORS_ORIGINS: corsOrigins
    .optional()
    .describe(
      'Origins whose pages may call the API, with commas between: https://shop.example. Not set: none but its own.',
    ),
  ARRIVAL_STAMPS: z
    .enum(['true', 'false'], { error: 'expected true or false' })
    .default('false')
    .describe(
      'Whether every answer says when its request arrived (`X-Arrival`), as load -- fairness needs it. It shows how long this machine is up: not for the public.',
    ),
  DEMO_SIGN_IN: z
    .enum(['true', 'false'], { error: 'expected true or false' })
    .default('false')
    .describe(
      'Whether anybody can sign in on the pages as a shopper that is made up. `npm start` sets it, to try things out: nowhere else.',
    ),
  REHEARSAL_SHOPPERS_MAX: count(0, 1_000_000, 0).describe(
    'Synthetic shoppers of one rehearsal of a campaign, which presses in this process. 0: rehearsals are off. `npm start` sets it.',
  ),
  REHEARSAL_RATE_MAX: count(1_000, 100_000).describe(
    'Presses a second of one rehearsal, so that one beside a real sale does no harm.',
  ),
  TRUSTED_PROXIES: count(0, 10, 0).describe(
    'Proxies in front that each add an address to X-Forwarded-For. The client is that many entries from its right.',
  ),
})

/** The environment of the API; docs/settings.md lists it. */
export const apiSettings = tokenRules(fitTogether(settings))
  .refine(...distinctSecrets)
  .refine(
    ({ ADMIN_TOKEN, OPERATORS = [] }) =>
      !OPERATORS.some(({ tokenHash }) => tokenHash === hash('sha256', ADMIN_TOKEN)),
    { path: ['OPERATORS'], error: 'expected another token than ADMIN_TOKEN' },
  )
  .refine(({ API_PORT, API_PROCESSES }) => API_PROCESSES <= 1 || API_PORT !== 0, {
    path: ['API_PORT'],
    error: 'expected 1 to 65535 with API_PROCESSES above 1: a free port would be another for each process',
    // Also when other settings are wrong: all faults are reported at once.
    when: () => true,
  })
