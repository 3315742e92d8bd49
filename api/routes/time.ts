import { z } from 'zod'
import { named } from '../contract/named-schema.ts'
import { jsonResponse, noStoreHeaders } from '../json-response.ts'
import type { Route } from '../route.ts'

const clockShape = named(
  'Time',
  z.object({ nowMs: z.int().min(0).max(253_402_300_799_999).describe('Milliseconds since 1970.') }),
)

/**
 * The clock by which campaigns open and close, in milliseconds since 1970. A page that counts down asks it
 * some times, and takes the answer that came fastest.
 */
export const timeRoute = (gateNowMs: () => number): Route => ({
  method: 'GET',
  path: '/v1/time',
  lane: 'read',
  caller: 'anyone',
  operation: {
    id: 'readClock',
    summary: 'The clock by which campaigns open and close',
    description: 'A page that counts down asks a few times, and takes the answer that came fastest.',
    answers: { 200: { description: 'The time of the gate.', schema: clockShape } },
    problems: [],
  },
  handle: () => jsonResponse({ nowMs: gateNowMs() }, 200, noStoreHeaders),
})
