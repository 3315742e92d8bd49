import type { RecentExamination } from '../../coupon/requirements/recent-examination.ts'
import type { Authenticator } from '../authenticator.ts'
import { serverListShape, toServerListJson } from '../contract/servers-shape.ts'
import { jsonResponse, noStoreHeaders } from '../json-response.ts'
import { prepareProblem } from '../problem.ts'
import type { Route } from '../route.ts'

export type AdminServersOptions = {
  servers: RecentExamination
  authenticator: Authenticator
  now(): number
}

/** A console asks once a minute, and finds what is new. All others within that time share its answer. */
const answerAgeMaxMs = 50_000

const notExamined = prepareProblem(
  'unavailable',
  'The servers could not be examined in time. The examination goes on: ask again.',
)

/** What the doctor finds about the servers, for as many consoles as there are at the cost of one. */
export const adminServersRoute = ({ servers, authenticator, now }: AdminServersOptions): Route => ({
  ...{ method: 'GET', path: '/v1/admin/servers', lane: 'ledger', caller: 'viewer' },
  operation: {
    id: 'listServers',
    summary: 'The servers with their versions, and how they meet the requirements',
    description:
      'What `npm run doctor` finds, seen from the process that answers, at most 50 s old. The servers are examined ' +
      'once for all who ask within that time.',
    answers: { 200: { description: 'The servers, whatever was found.', schema: serverListShape } },
    problems: ['unavailable'],
  },
  handle: authenticator.requireRole('viewer', async () => {
    const examined = await servers.read(answerAgeMaxMs)
    return examined === undefined
      ? notExamined()
      : jsonResponse(toServerListJson(examined, now()), 200, noStoreHeaders)
  }),
})
