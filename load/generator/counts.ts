/** People who keep coming over many connections, wait no longer than they please, and press again as people do. */
export type Rush = {
  /** Origin of the server. */
  url: string
  /** The press of every shopper, complete; they come in this order. */
  requests: readonly Buffer[]
  connections: number
  /** New people a second, whatever the server does; all of them at once when left out. */
  peoplePerSecond?: number
  /** A press without an answer for this long is given up: that person hangs up, and presses again on a new connection. */
  patienceMs: number
  /** Nobody presses after this long. */
  lastsMs: number
  now(): number
}

/** What became of a rush; the answers are on the sheet. */
export type RushCounts = {
  /** People who pressed: the first so many. */
  people: number
  /** People who came and found no connection free until the end. */
  heldBack: number
  presses: number
  /** How long each press took that was answered 429 or 503. */
  refusalsMs: number[]
  gaveUp: number
  /** Grants (200, 201, 202) until nobody pressed any more, and how long that was after the first could. */
  grants: number
  lastedMs: number
  /** From wanting a coupon, with all refusals and repeats, to the grant, of each who got one. */
  waitsMs: number[]
}
