import { once } from 'node:events'
import { connect } from 'node:net'

/** True when a server at `host:port` accepts a TCP connection within `timeoutMs`. Never rejects. */
export const canConnect = async (address: string, timeoutMs: number): Promise<boolean> => {
  const colon = address.lastIndexOf(':')
  const socket = connect({ host: address.slice(0, colon), port: Number(address.slice(colon + 1)) })
  // Without this listener an error after the timeout would crash the process.
  socket.on('error', () => undefined)
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(timeoutMs) })
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
