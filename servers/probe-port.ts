import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { certificateNameOf } from '../platform/connections/host-port.ts'
import { givenFiles, type TlsFiles } from '../platform/connections/tls-files.ts'

/** One request to a TCP port and how to read the answer. */
export type PortProbe<Result> = {
  /** 127.0.0.1 when left out. */
  host?: string
  port: number
  /** Left out: no TLS. */
  tls?: TlsFiles | undefined
  /** Sent when connected. Left out for a protocol in which the server sends first. */
  request?: Uint8Array | undefined
  /** Called with all bytes received so far. Undefined means that more are needed. */
  read: (answer: Buffer) => Result | undefined
}

const timeoutMs = 2_000

/**
 * Resolves with what `read` returns, or undefined when nothing listens or no complete answer comes within 2
 * s.
 */
export const probePort = <Result>({
  host = '127.0.0.1',
  port,
  tls,
  request,
  read,
}: PortProbe<Result>): Promise<Result | undefined> =>
  new Promise((resolve) => {
    const address = { host, port, timeout: timeoutMs }
    const socket =
      tls === undefined
        ? connect(address)
        : connectTls({ ...address, servername: certificateNameOf(host) ?? '', ...givenFiles(tls) })
    let answer = Buffer.alloc(0)
    const settle = (result: Result | undefined): void => {
      socket.destroy()
      resolve(result)
    }
    socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
      if (request !== undefined) socket.write(request)
    })
    socket.on('data', (bytes: Buffer) => {
      answer = Buffer.concat([answer, bytes])
      const result = read(answer)
      if (result !== undefined) settle(result)
    })
    for (const event of ['timeout', 'error', 'close']) socket.once(event, () => settle(undefined))
  })
