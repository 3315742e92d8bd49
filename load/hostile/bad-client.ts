/** Where a bad client connects, and what it knows. */
export type BadClientTarget = {
  /** Origin of the API. */
  url: string
  /** The address that it comes from; the system chooses when left out. */
  from?: string
  /** A campaign that exists. */
  campaignId: string
  /** The token of a shopper, which is valid. */
  token: string
  /** The part of its full rates and connections that it uses: above 0, at most 1. */
  share: number
}

/** What it did so far. */
export type BadClientCounts = {
  /** Connections that it opened. */
  opened: number
  /** Requests that it wrote, whether the API read them or not. */
  sent: number
  /** Answers that it read. */
  answered: number
  /** Connections that the API closed. */
  cut: number
}

/** A client that behaves badly until it is stopped. */
export type BadClient = {
  counts(): BadClientCounts
  /** Resets every connection. */
  stop(): void
}

/** Starts to behave badly at once. It throws for no fault of a connection. */
export type StartBadClient = (target: BadClientTarget) => BadClient

/** Nothing yet. */
export const noCounts = (): BadClientCounts => ({ opened: 0, sent: 0, answered: 0, cut: 0 })

/** A part of a number, and never none. */
export const shareOf = (full: number, { share }: Pick<BadClientTarget, 'share'>): number =>
  Math.max(1, Math.round(full * share))
