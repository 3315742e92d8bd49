import { once } from 'node:events'
import { connect } from 'node:net'

/** Whether somebody takes a TCP connection at `host:port` within `timeoutMs`. */
export const canConnect = async (address: string, timeoutMs: number): Promise<boolean> => {
  const colon = address.lastIndexOf(':')
  const socket = connect({ host: address.slice(0, colon), port: Number(address.slice(colon + 1)) })
  // Without a listener of its own a late fault would end the process.
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
