import { certificateNameOf, parseHostPort } from './host-port.ts'
import type { RedisConnection } from './redis-connection.ts'
import { parseSentinelAddress } from './sentinel-address.ts'

/** Of a server whose address names sentinels, the certificate names its IP address. */
const servernameOf = (address: string): string | undefined =>
  address.includes('/') ? undefined : certificateNameOf(parseHostPort(address)?.host ?? address)

const withoutSentinel = (url: string): URL => {
  const sentinel = parseSentinelAddress(url)
  if (sentinel === undefined) return new URL(url)
  const direct = new URL(`redis${sentinel.isSecure ? 's' : ''}://host/${sentinel.db}`)
  direct.username = encodeURIComponent(sentinel.username)
  direct.password = encodeURIComponent(sentinel.password)
  return direct
}

/**
 * The connection to one server by its IP address and port, with the credentials and TLS of `connection`. Its
 * certificate still has the name of the `address` that it was configured by.
 */
export const directRedis = (
  connection: RedisConnection,
  { endpoint, address }: { endpoint: string; address: string },
): RedisConnection => {
  const url = withoutSentinel(connection.url)
  const colon = endpoint.lastIndexOf(':')
  const host = endpoint.slice(0, colon)
  url.hostname = host.includes(':') ? `[${host.replace(/^\[|\]$/g, '')}]` : host
  url.port = endpoint.slice(colon + 1)
  return { url: url.href, tls: { ...connection.tls, servername: servernameOf(address) } }
}
