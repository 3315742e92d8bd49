import { hostPortText } from './host-port.ts'
import { parseSentinelAddress } from './sentinel-address.ts'

/**
 * Host and port as configured, without credentials: the name of a Redis in the ledger and in messages. With
 * Sentinel it names the sentinels, in any order the same, and the master, so that a failover does not change
 * it.
 */
export const redisAddress = (url: string): string => {
  const sentinel = parseSentinelAddress(url)
  if (sentinel === undefined) return new URL(url).host
  return `${sentinel.sentinels.map(hostPortText).sort().join(',')}/${sentinel.name}`
}

/** An address without user, password and parameters, to be shown. */
export const addressWithoutSecrets = (url: string): string => {
  const protocol = /^[a-z+]+:/.exec(url)?.[0] ?? ''
  if (parseSentinelAddress(url) !== undefined) return `${protocol}//${redisAddress(url)}`
  const parsed = URL.parse(url)
  return parsed === null ? 'not an address' : `${protocol}//${parsed.host}${parsed.pathname}`
}
