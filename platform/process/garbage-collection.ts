import { setFlagsFromString } from 'node:v8'

/**
 * V8 collects garbage when the heap has grown by this percentage of what was alive. By default it lets the
 * heap grow to a multiple. 19,700 connections with a press each took 617 MiB, and 455 to 482 MiB with this
 * (2026-11-21, docs/decisions/011). It is not a limit, so no process dies of it. V8 reads it at every
 * collection.
 */
const heapGrowthPercent = 20

/**
 * For a process that holds tens of thousands of connections, and whose requests live for milliseconds. It
 * trades processor time for memory. And no object starts in the old generation. V8 puts the literals of a
 * place there when earlier ones lived long, and in a burst all of them seem to (docs/decisions/015).
 */
export const tuneGarbageCollection = (): void => {
  setFlagsFromString(`--heap-growing-percent=${heapGrowthPercent}`)
  setFlagsFromString('--no-allocation-site-pretenuring')
}
