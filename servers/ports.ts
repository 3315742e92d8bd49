import { once } from 'node:events'
import { createServer } from 'node:net'
import { LaunchError } from './launch-error.ts'

/** A port that will be used: what for, and the variable that sets it. */
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

/** Whether a process of this machine listens on a port. */
export const isPortTaken = async (port: number): Promise<boolean> =>
  // Some systems allow one of these two while another process listens on the other.
  !((await canListen(port, '127.0.0.1')) && (await canListen(port, '0.0.0.0')))

/** Throws one LaunchError that names every port of `uses` that is taken or used twice, with its variable. */
export const requireFreePorts = async (uses: readonly PortUse[]): Promise<void> => {
  const problems: string[] = []
  for (const { port, use, setting } of uses) {
    const other = uses.find((candidate) => candidate.port === port && candidate.setting < setting)
    if (other !== undefined)
      problems.push(
        `port ${port} is set for ${other.use} and for ${use}: set ${other.setting} or ${setting} to another`,
      )
    else if (await isPortTaken(port))
      problems.push(`port ${port} (${use}) is taken: set ${setting} to a free one`)
  }
  if (problems.length > 0) throw new LaunchError(problems.join('\n'))
}

// Below the range of local ports for outgoing connections (Linux from 32768, other systems from 49152). So a
// server that restarts during a burst finds its port free.
const freePortMin = 20_000
const freePortMax = 32_000

// A port is free until the server that it was found for listens.
const found = new Set<number>()

/**
 * Claims a port until this process ends, so that no other one of this machine finds it. Its server may stop
 * and start again there. A claim is a socket of Linux that is no file. Elsewhere nothing is claimed.
 */
const claim = async (port: number): Promise<boolean> => {
  if (process.platform !== 'linux') return true
  const server = createServer().unref()
  try {
    server.listen({ path: `\0firstcome-port-${port}`, exclusive: true })
    await once(server, 'listening')
    return true
  } catch {
    return false
  }
}

/** A port that is free now, and that neither this process nor (on Linux) another running one has found. */
export const findFreePort = async (random: () => number = Math.random): Promise<number> => {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = freePortMin + Math.floor(random() * (freePortMax - freePortMin))
    if (found.has(port)) continue
    found.add(port)
    if ((await claim(port)) && !(await isPortTaken(port))) return port
  }
  throw new LaunchError(`found no free port from ${freePortMin} to ${freePortMax}`)
}
