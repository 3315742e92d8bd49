import type { Redis } from 'ioredis'
import { messageOf } from './failure.ts'

/** The part of the connector of ioredis 6.0.0 that opens every connection to a sentinel. */
type SentinelConnector = { connectToSentinel(...words: readonly unknown[]): Redis }

/**
 * Reports the errors of connections to sentinels. ioredis gives those that listen for a failover no listener
 * of their errors, and prints each one with its stack to stderr. Call it before the client connects.
 */
export const reportSentinelErrors = (client: Redis, onError: (message: string) => void): void => {
  const { connector } = client as unknown as { connector: SentinelConnector }
  const connectToSentinel = connector.connectToSentinel.bind(connector)
  connector.connectToSentinel = (...words) => {
    const sentinel = connectToSentinel(...words)
    sentinel.on('error', (error: Error) => onError(messageOf(error)))
    return sentinel
  }
}
