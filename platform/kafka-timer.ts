import { createRequire } from 'node:module'

type RequestQueue = { throttledUntil: number; pending: readonly unknown[]; scheduleCheckPendingRequests(): void }

const verifiedVersion = '2.2.4'
const require = createRequire(import.meta.url)

/**
 * kafkajs arms a timer of 1 ms per broker connection for ever, whether anything waits or not: 28,000 calls in 10 idle
 * seconds, and a warning on Node 24 and newer (its issues 1704 and 1751). This arms it only while a request waits or the
 * broker throttles us. Throws when the installed version is not the one this was verified with.
 */
export const calmKafkaTimers = (): void => {
  const { version } = require('kafkajs/package.json') as { version: string }
  if (version !== verifiedVersion)
    throw new Error(`kafkajs is ${version}; the timer override was verified with ${verifiedVersion}`)
  const { prototype } = require('kafkajs/src/network/requestQueue') as { prototype: RequestQueue }
  const { scheduleCheckPendingRequests } = prototype
  prototype.scheduleCheckPendingRequests = function schedule(this: RequestQueue) {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) scheduleCheckPendingRequests.call(this)
  }
}
