import { Failure } from '../../platform/failure.ts'
import { readMachineLimits } from '../../platform/process/machine-limits.ts'

// Other connections, files and pipes of the generator.
const otherFiles = 200

/** Throws `refused`, with what to do, when this process may not open this many connections. */
export const refuseTooFewFiles = async (connections: number): Promise<void> => {
  const { filesMax = Infinity } = await readMachineLimits()
  const needed = connections + otherFiles
  if (filesMax < needed)
    throw new Failure(
      'refused',
      `this process may open ${filesMax} files, and ${connections} connections take ${needed}: run ulimit -n ${needed} first, here and where the API starts, or use --connections ${filesMax - otherFiles}`,
    )
}
