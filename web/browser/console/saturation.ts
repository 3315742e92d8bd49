import type { ConsoleProcess } from '../../../client/contract-types.ts'

/** Above these a process has no time left for more, and what comes has to wait. */
const eventLoopMax = 0.9
const cpuMax = 0.95

/** Whether a process is busy nearly all of the time. A process of ours works on one processor. */
export const isSaturated = ({ eventLoop, cpu }: Pick<ConsoleProcess, 'eventLoop' | 'cpu'>): boolean =>
  eventLoop >= eventLoopMax || cpu >= cpuMax
