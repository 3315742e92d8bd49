import { type HostPort, parseHostPort } from './host-port.ts'

/** A Redis that Sentinel names: `redis+sentinel://user:password@host:26379,host:26379/master/db`. */
export type SentinelAddress = {
  /** Redis and the sentinels speak TLS: `rediss+sentinel:`. */
  isSecure: boolean
  /** Of Redis. The sentinels have credentials of their own. */
  username: string
  password: string
  sentinels: HostPort[]
  /** What the sentinels call the master. */
  name: string
  db: number
}

const standardPort = 26_379

const pattern = /^redis(s?)\+sentinel:\/\/(?:([^/@:]*)(?::([^/@]*))?@)?([^/@?#]+)\/([^/?#]+)(?:\/(\d{1,4}))?$/

const readHost = (text: string): HostPort | undefined =>
  parseHostPort(text) ?? parseHostPort(`${text}:${standardPort}`)

/** Undefined for any other address. Credentials are percent-encoded, as in every URL. */
export const parseSentinelAddress = (url: string): SentinelAddress | undefined => {
  const parts = pattern.exec(url)
  if (parts === null) return undefined
  const [, secure, username = '', password = '', hosts = '', name = '', db = '0'] = parts
  const sentinels = hosts.split(',').map(readHost)
  if (sentinels.includes(undefined)) return undefined
  try {
    return {
      isSecure: secure === 's',
      username: decodeURIComponent(username),
      password: decodeURIComponent(password),
      sentinels: sentinels.filter((sentinel) => sentinel !== undefined),
      name: decodeURIComponent(name),
      db: Number(db),
    }
  } catch {
    // A percent sign that encodes nothing.
    return undefined
  }
}
