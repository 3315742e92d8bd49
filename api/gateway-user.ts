import type { IncomingMessage } from 'node:http'
import type { TrustedPeers } from '../platform/http/trusted-peers.ts'

/** The gateway that says who a shopper is. */
export type GatewayOptions = {
  /** The name of its header, in small letters. */
  header: string
  gateways: TrustedPeers
}

/** The gateway of these settings, of which both are there or none. */
export const gatewayOf = ({
  USER_HEADER: header,
  TRUSTED_GATEWAYS: gateways,
}: {
  USER_HEADER?: string | undefined
  TRUSTED_GATEWAYS?: TrustedPeers | undefined
}): GatewayOptions | undefined =>
  header === undefined || gateways === undefined ? undefined : { header, gateways }

/** `stranger`: somebody who is no gateway sent the header. */
export type GatewayUser = { kind: 'user'; userId: string } | { kind: 'stranger' }

const stranger: GatewayUser = { kind: 'stranger' }

/**
 * Reads who a gateway says the caller is; `undefined` without its header. Only the peer of the connection
 * counts, and nothing that a request says of its way.
 */
export const readGatewayUser = (
  { headers, socket }: IncomingMessage,
  { header, gateways }: GatewayOptions,
): GatewayUser | undefined => {
  const userId = headers[header]
  if (userId === undefined) return undefined
  return gateways.has(socket.remoteAddress) ? { kind: 'user', userId: String(userId) } : stranger
}
