import type { Exchange } from './turns.ts'

/**
 * Requests of one client address that start in one turn of the event loop. A press takes some five turns: the
 * reads of its request and of the answers that it waits for. 500 connections of one address would fill each
 * of them with 50 ms of refusals.
 */
export const startsInTurnMax = 8

/** Spreads the requests of one address over turns of the event loop. Others are not delayed by them. */
export type LoopShares = {
  /** Starts it at once or in a later turn, in order, or never when its client disconnects while it waits. */
  take(exchange: Exchange, client: string | undefined): void
}

export type LoopSharesOptions = {
  start(exchange: Exchange, client: string | undefined): void
  onDisconnected(): void
}

type Share = { started: number; waiting: Exchange[] }

/** Nobody has started anything yet. It holds memory only for clients of this turn, and for those who wait. */
export const createLoopShares = ({ start, onDisconnected }: LoopSharesOptions): LoopShares => {
  const shares = new Map<string, Share>()
  const nextTurn = (): void => {
    for (const [client, share] of shares) {
      const first = share.waiting.splice(0, startsInTurnMax)
      share.started = first.length
      if (first.length === 0) shares.delete(client)
      for (const exchange of first)
        if (exchange.request.socket.destroyed) onDisconnected()
        else start(exchange, client)
    }
    if (shares.size > 0) setImmediate(nextTurn)
  }
  return {
    take(exchange, client) {
      if (client === undefined) return start(exchange, client)
      const share = shares.get(client) ?? { started: 0, waiting: [] }
      if (share.started === 0) {
        if (shares.size === 0) setImmediate(nextTurn)
        shares.set(client, share)
      }
      // safeguard: an address starts few requests in a turn of the event loop
      if (share.started >= startsInTurnMax) return void share.waiting.push(exchange)
      share.started += 1
      start(exchange, client)
    },
  }
}
