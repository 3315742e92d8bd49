import type { RedisClient } from '../../platform/redis.ts'
import { samplesKey, watchedKey } from './keys.ts'
import { parseReply, wholeNumber } from './reply.ts'
import { publishSampleScript, readSamplesScript } from './scripts.ts'

/** What a process said of itself, and when that reached Redis, by the clock of Redis. */
export type StoredSample = { id: string; atMs: number; text: string }

/** What each process does, in Redis, while a console watches. Rejects `unavailable`. */
export type ProcessSamples = {
  /** Writes nothing when no console watches, or when there are too many processes. */
  publish(id: string, text: string): Promise<void>
  /** The samples of all processes that live. From here on a console watches, for some seconds. */
  read(): Promise<StoredSample[]>
}

/** Consoles read once a second. */
const watchedMs = 5_000

/** Processes publish once a second. One that has not for this long has ended, or cannot reach Redis. */
const lifetimeMs = 5_000

/** More than a deployment has: with API_PROCESSES at its limit, four machines. */
export const samplesMax = 256

/** Four times the longest: what a process says of itself grows with no traffic. */
const sampleLengthMax = 4_096

const keys = [watchedKey, samplesKey]

export const createProcessSamples = (redis: RedisClient): ProcessSamples => ({
  async publish(id, text) {
    if (text.length > sampleLengthMax) return
    await redis.run(publishSampleScript, keys, [id, text, lifetimeMs, samplesMax])
  },
  async read() {
    const reply = parseReply(
      'read-samples',
      await redis.run(readSamplesScript, keys, [watchedMs, lifetimeMs]),
    )
    const flat = reply.rest(1)
    const samples: StoredSample[] = []
    for (let at = 0; at < flat.length; at += 3)
      samples.push({
        id: String(flat[at]),
        atMs: wholeNumber('read-samples', flat[at + 1]),
        text: String(flat[at + 2]),
      })
    return samples
  },
})
