import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'

// Where the adapter has replaced the global Response, this one is a light one of its own. It would write that
// as an answer: a second head, which ends the process. Reading a property makes a plain Response of it.
void RESPONSE_ALREADY_SENT.bodyUsed

/** What a handler returns that has written to the response of Node itself. Its status is 200. */
export const alreadySent: Response = RESPONSE_ALREADY_SENT
