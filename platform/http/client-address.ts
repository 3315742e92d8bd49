import type { IncomingMessage } from 'node:http'
import { isIP, isIPv6 } from 'node:net'

/** Programs on this machine are no strangers: a proxy, a load run, a test. No bound counts them. */
const ownAddresses: readonly string[] = ['127.0.0.1', '::1']

/** A customer with IPv6 has a network of 64 bits, and may use every address of it. */
const networkOf = (address: string): string => {
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  if (tail !== undefined) {
    const after = tail === '' ? [] : tail.split(':')
    groups.push(...Array<string>(Math.max(0, 8 - groups.length - after.length)).fill('0'), ...after)
  }
  return `${groups.slice(0, 4).join(':')}::/64`
}

/**
 * The client that an address counts for: an IPv4 address, or an IPv6 network. `undefined` for a program on
 * this machine, and for what is no address.
 */
export const clientOf = (address: string | undefined): string | undefined => {
  if (address === undefined) return undefined
  const plain = address.startsWith('::ffff:') ? address.slice(7) : address
  if (ownAddresses.includes(plain)) return undefined
  if (isIPv6(plain)) return networkOf(plain)
  return isIP(plain) === 4 ? plain : undefined
}

/** Some proxies add the port: `203.0.113.7:443`, `[2001:db8::1]:443`. */
const withoutPort = (text: string): string =>
  text.startsWith('[') ? text.slice(1, text.indexOf(']')) : text.replace(/^([^:]+):\d+$/, '$1')

/**
 * The address that the outermost of `proxies` trusted proxies saw. Each of them adds one entry at the right
 * of X-Forwarded-For. The client wrote what is left of theirs, and may lie. When there are fewer entries the
 * request came past some proxies, and the leftmost counts.
 */
export const forwardedAddressOf = (header: string, proxies: number): string => {
  let end = header.length
  for (let left = proxies; ; left -= 1) {
    const comma = header.lastIndexOf(',', end - 1)
    if (comma <= 0 || left <= 1) return withoutPort(header.slice(comma + 1, end).trim())
    end = comma
  }
}

/** The address that trusted proxies give a request; `undefined` without proxies or without the header. */
export const forwardedAddress = ({ headers }: IncomingMessage, proxies: number): string | undefined => {
  const header = proxies > 0 ? headers['x-forwarded-for'] : undefined
  return typeof header === 'string' ? forwardedAddressOf(header, proxies) : undefined
}
