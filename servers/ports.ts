import { once } from 'node:events'
import { createServer } from 'node:net'
import { LaunchError } from './launch-error.ts'

/** A port that will be used: for what, and the setting that changes it. */
export type PortUse = { port: number; use: string; setting: string }

const canListen = async (port: number, host: string): Promise<boolean> => {
  const server = createServer()
  try {
    server.listen({ port, host, exclusive: true })
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}

/** Whether somebody listens on a port of this machine. */
export const isPortTaken = async (port: number): Promise<boolean> =>
  // Both: on some systems the one is free while somebody listens on the other.
  !((await canListen(port, '127.0.0.1')) && (await canListen(port, '0.0.0.0')))

/** Throws one StartFault that names every port of `uses` that is taken or named twice, with its setting. */
export const requireFreePorts = async (uses: readonly PortUse[]): Promise<void> => {
  const faults: string[] = []
  for (const { port, use, setting } of uses) {
    const twin = uses.find((other) => other.port === port && other.setting < setting)
    if (twin !== undefined)
      faults.push(`port ${port} is wanted for ${twin.use} and for ${use}: set ${twin.setting} or ${setting}`)
    else if (await isPortTaken(port))
      faults.push(`port ${port} (${use}) is taken: set ${setting} to a free one`)
  }
  if (faults.length > 0) throw new LaunchError(faults.join('\n'))
}

// Below the range from which systems take the local ports of outgoing connections (Linux 32768, others 49152): a server
// that is restarted in the middle of a burst must find its port as it left it.
const freePortMin = 20_000
const freePortMax = 32_000

/** A port that was free a moment ago. */
export const findFreePort = async (random: () => number = Math.random): Promise<number> => {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = freePortMin + Math.floor(random() * (freePortMax - freePortMin))
    if (!(await isPortTaken(port))) return port
  }
  throw new LaunchError(`found no free port between ${freePortMin} and ${freePortMax}`)
}
