import { setFlagsFromString } from 'node:v8'

/**
 * V8 looks for garbage when its heap has grown by this much of what was alive, and by itself lets it grow to a multiple: 19,700 connections
 * with a press each took 617 MiB, and 455 to 482 with this (2026-11-21, docs/decisions/011). No limit, so nothing ends by it; V8 reads it at every collection.
 */
const heapGrowthPercent = 20

/** Trades some processor for memory, for a process that holds tens of thousands of connections. */
export const limitHeapGrowth = (): void => setFlagsFromString(`--heap-growing-percent=${heapGrowthPercent}`)
