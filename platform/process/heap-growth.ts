import { setFlagsFromString } from 'node:v8'

/**
 * V8 collects garbage when the heap has grown by this percentage of what was alive. By default it lets the
 * heap grow to a multiple. 19,700 connections with a press each took 617 MiB, and 455 to 482 MiB with this
 * (2026-11-21, docs/decisions/011). It is not a limit, so no process dies of it. V8 reads it at every
 * collection.
 */
const heapGrowthPercent = 20

/** Trades processor time for memory, for a process that holds tens of thousands of connections. */
export const limitHeapGrowth = (): void => setFlagsFromString(`--heap-growing-percent=${heapGrowthPercent}`)
