/** What TLS needs beside the authorities of the system, as text in PEM. */
export type TlsFiles = {
  /** Authorities to trust instead of those of the system. */
  ca?: string | undefined
  /** Our own certificate and its key, for a server that asks for one. */
  cert?: string | undefined
  key?: string | undefined
  /** The name that the certificate of the server must have, when it is not that of the address. */
  servername?: string | undefined
}

/** What is given of them: an undefined would replace a default of a library. */
export const givenFiles = (tls: TlsFiles = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(tls).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
  )
