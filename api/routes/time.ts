import { jsonResponse, noStoreHeaders } from '../json-response.ts'
import type { Route } from '../route.ts'

/**
 * The clock by which campaigns open and close, in milliseconds since 1970. A page that counts down asks it
 * some times, and takes the answer that came fastest.
 */
export const timeRoute = (gateNowMs: () => number): Route => ({
  method: 'GET',
  path: '/v1/time',
  lane: 'read',
  caller: 'anyone',
  handle: () => jsonResponse({ nowMs: gateNowMs() }, 200, noStoreHeaders),
})
