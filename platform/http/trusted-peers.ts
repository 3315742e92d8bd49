import { BlockList, isIP } from 'node:net'
import { z } from 'zod'

/** Addresses and networks of peers that are believed. */
export type TrustedPeers = {
  /** Whether the peer of a connection is one of them. */
  has(address: string | undefined): boolean
}

/** More than a deployment has gateways. */
const peersMax = 100

const expected =
  'expected addresses or networks, several with commas between: 10.0.0.7, 10.1.0.0/16, fd00::/64; no network of /0'

const parsePeer = (
  text: string,
): { address: string; prefix: number; family: 'ipv4' | 'ipv6' } | undefined => {
  const [address = '', prefixText, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0 || address.includes('%')) return undefined
  const bits = version === 4 ? 32 : 128
  const prefix = prefixText === undefined ? bits : /^\d{1,3}$/.test(prefixText) ? Number(prefixText) : 0
  if (prefix < 1 || prefix > bits) return undefined
  return { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' }
}

/** The last answer is kept: the peers of a deployment behind a gateway are few, and come again and again. */
const createTrustedPeers = (list: BlockList): TrustedPeers => {
  let known: { address: string; isTrusted: boolean } | undefined
  return {
    has(address) {
      if (address === undefined) return false
      if (known?.address === address) return known.isTrusted
      const plain = address.startsWith('::ffff:') ? address.slice(7) : address
      const isTrusted = list.check(plain, isIP(plain) === 4 ? 'ipv4' : 'ipv6')
      known = { address, isTrusted }
      return isTrusted
    },
  }
}

/** The setting alone. There is no default. */
export const trustedPeers = z.string().transform((text, context) => {
  const peers = text.split(',').map((peer) => parsePeer(peer.trim()))
  const list = new BlockList()
  for (const peer of peers) {
    if (peer === undefined || peers.length > peersMax) {
      context.addIssue({ code: 'custom', message: expected })
      return z.NEVER
    }
    list.addSubnet(peer.address, peer.prefix, peer.family)
  }
  return createTrustedPeers(list)
})
