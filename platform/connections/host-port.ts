import { isIP, isIPv6 } from 'node:net'

/** Where a server listens. An IPv6 address has no brackets. */
export type HostPort = { host: string; port: number }

const portMax = 65_535

/** Reads `host:port`, where an IPv6 address stands in brackets: `[::1]:9092`. Undefined for anything else. */
export const parseHostPort = (text: string): HostPort | undefined => {
  const [, address, name = '', digits] = /^(?:\[([^\]]+)\]|([^\s:/@[\],]+)):(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  if (digits === undefined || port > portMax || (address !== undefined && !isIPv6(address))) return undefined
  return { host: address ?? name, port }
}

/** The same in one word, as `parseHostPort` reads it. */
export const hostPortText = ({ host, port }: HostPort): string =>
  `${isIPv6(host) ? `[${host}]` : host}:${port}`

/** The name that the certificate of a host has, and that TLS asks for; `undefined` for an IP address. */
export const certificateNameOf = (host: string): string | undefined =>
  isIP(host.replace(/^\[|\]$/g, '')) === 0 ? host : undefined
