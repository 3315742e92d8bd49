import { remove, replaceWith, swap } from '../changes.ts'
import type { Safeguard } from '../safeguard.ts'
import { serversTest, unitTest } from './failing-test.ts'

const section = '1. Decide: one client among many'
const limiterTest = unitTest('platform/http/request-limiter')
const hubTest = unitTest('platform/http/event-hub')

/** What keeps one client from being felt by the others. */
export const badClients: readonly Safeguard[] = [
  {
    name: 'an answer that nobody reads holds no turn',
    section,
    protectsFrom: 'Clients that never read take every turn, and everybody else waits until they are cut off.',
    edits: [{ change: replaceWith("exchange.response.once('close', ended)\n    void serve(exchange)") }],
    caughtBy: limiterTest('an answer that nobody reads holds no turn'),
  },
  {
    name: 'a connection has few requests under way',
    section,
    protectsFrom: 'One connection that pipelines takes the turns and waiting places of thousands of users.',
    edits: [{ change: swap('|| connection.started >= requestsUnderWayMax', '') }],
    caughtBy: limiterTest('one connection has few requests under way'),
  },
  {
    name: 'a connection has few requests without an answer',
    section,
    protectsFrom: 'One connection that pipelines and never reads fills the memory of the process.',
    edits: [{ change: remove }],
    caughtBy: limiterTest('a connection with one %s too many without an answer is closed'),
  },
  {
    name: 'an address has few requests at once',
    section,
    protectsFrom: 'One machine with many connections takes the waiting places of thousands of users.',
    edits: [{ change: remove }],
    caughtBy: limiterTest('an address has a bound of requests'),
  },
  {
    name: 'an address starts few requests in a turn of the event loop',
    section,
    protectsFrom:
      'One machine with many connections delays every step of every press by what it asks at once.',
    edits: [{ change: remove }],
    caughtBy: unitTest('platform/http/loop-shares')('an address starts few requests in a turn'),
  },
  {
    name: 'reads of the database have a lane of their own',
    section,
    protectsFrom:
      'Lists that wait for a database that stands still hold up the public page and the outcome of a press.',
    edits: [{ change: swap("'ledger'", "'read'") }],
    caughtBy: serversTest('test/http/lanes')(
      'lists on a database that stands still hold up neither the public page nor a press',
    ),
  },
  {
    name: 'a process has a bounded number of streams',
    section,
    protectsFrom: 'Streams of events take the memory and the connections that presses need.',
    edits: [{ change: remove }],
    caughtBy: hubTest('a process has a bounded number of streams'),
  },
  {
    name: 'an address has a bounded number of streams',
    section,
    protectsFrom: 'One machine takes all places for streams of events.',
    edits: [{ change: remove }],
    caughtBy: hubTest('a process has a bounded number of streams'),
  },
  {
    name: 'a stream has one event a second',
    section,
    protectsFrom: 'In a burst the events for thousands of listeners take the processor from the presses.',
    edits: [{ change: remove }],
    caughtBy: hubTest('a listener gets the present event, then one event a second at most'),
  },
  {
    name: 'a crowd of listeners hears less often',
    section,
    protectsFrom: 'Each second of a sale with many listeners goes to writing events, and not to presses.',
    edits: [
      { change: swap(' || ticks * writesPerSecondMax >= listeners.size * ticksBetweenEvents', ' || true') },
    ],
    caughtBy: hubTest('events come less often with more listeners'),
  },
  {
    name: 'a stream ends with the token of its listener',
    section,
    protectsFrom:
      'An operator whose token has expired goes on seeing everything, for as long as the page is open.',
    edits: [{ change: swap('listener.isOver?.() === true', 'false') }],
    caughtBy: hubTest('a listener that may listen no longer gets nothing more, and its stream ends'),
  },
  {
    name: 'a client that does not read costs no memory',
    section,
    protectsFrom: 'Listeners that never read fill the memory of the process with events.',
    edits: [{ change: swap('isReading(listener)', 'listener.response.writable') }],
    caughtBy: hubTest('a listener that does not read holds one event in memory'),
  },
]
