import { once } from 'node:events'
import { connect } from 'node:net'
import { parseHostPort } from './connections/host-port.ts'

/** True when a server at `host:port` accepts a TCP connection within `timeoutMs`. Never rejects. */
export const canConnect = async (address: string, timeoutMs: number): Promise<boolean> => {
  const place = parseHostPort(address)
  if (place === undefined) return false
  const socket = connect(place)
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
