import { messageOf } from '../failure.ts'
import type { Logger } from '../log/logger.ts'
import { type KeySet, parseKeySet } from './key-set.ts'

export type IssuerKeysOptions = {
  /** Reads the text of the key set. */
  read(): Promise<string>
  /** Time between two readings. */
  refreshMs: number
  /** Least time between the ends of two readings that unknown keys ask for. */
  cooldownMs: number
  log: Logger
  monotonicMs(): number
}

/** The key set of an issuer, as it was read last. */
export type IssuerKeys = {
  /** `undefined` until it was read once. */
  keySet(): KeySet | undefined
  /**
   * Called for a key that the set does not have. Reads the set again, unless that was done within the
   * cool-down. True while it is being read.
   */
  readAgain(): boolean
  /** Reads it now. Never rejects: a set that cannot be read leaves the old one in place. */
  refresh(): Promise<void>
  /** When the set was read last without a fault, by `monotonicMs`. */
  readAtMs(): number | undefined
  stop(): void
}

/** Until the first set is there it is read this often at least. */
const firstRetryMs = 1_000

/**
 * Keeps a key set up to date: by a timer, and for a key that is not in it. Whatever happens, at most one
 * reading is under way, and tokens cannot make it read more often than once in a cool-down.
 */
export const createIssuerKeys = (options: IssuerKeysOptions): IssuerKeys => {
  const { log, monotonicMs } = options
  let keySet: KeySet | undefined
  let readAtMs: number | undefined
  let endedAtMs = Number.NEGATIVE_INFINITY
  let reading: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  let unusedBefore = ''

  const read = async (): Promise<void> => {
    try {
      keySet = parseKeySet(await options.read())
      readAtMs = monotonicMs()
      const unused = keySet.unused.join('; ')
      if (unused !== '' && unused !== unusedBefore)
        log.warn({ unused }, 'keys of the token issuer are not used')
      unusedBefore = unused
    } catch (cause) {
      const kept = keySet === undefined ? 'tokens wait for them' : 'the keys that are known stay in use'
      log.warn({ cause: messageOf(cause) }, `the keys of the token issuer could not be read; ${kept}`)
    }
  }
  const refresh = (): Promise<void> => {
    reading ??= read().then(() => {
      reading = undefined
      endedAtMs = monotonicMs()
      clearTimeout(timer)
      if (isStopped) return
      const nextMs = keySet === undefined ? Math.min(firstRetryMs, options.refreshMs) : options.refreshMs
      timer = setTimeout(() => void refresh(), nextMs)
    })
    return reading
  }

  return {
    keySet: () => keySet,
    readAgain() {
      if (reading === undefined && monotonicMs() - endedAtMs >= options.cooldownMs) void refresh()
      return reading !== undefined
    },
    refresh,
    readAtMs: () => readAtMs,
    stop() {
      isStopped = true
      clearTimeout(timer)
    },
  }
}
