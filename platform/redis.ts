import { createHash } from 'node:crypto'
import { Redis } from 'ioredis'
import { hostPortText } from './connections/host-port.ts'
import type { RedisConnection } from './connections/redis-connection.ts'
import { Failure, messageOf } from './failure.ts'
import { ioredisOptions } from './ioredis-options.ts'
import { reportSentinelErrors } from './sentinel-errors.ts'

/** A Lua script and the hash that Redis knows it by. Its contract is the comment at its top. */
export type Script = { readonly name: string; readonly lua: string; readonly sha: string }

export const createScript = (name: string, lua: string): Script => ({
  name,
  lua,
  sha: createHash('sha1').update(lua).digest('hex'),
})

/**
 * A connection to Redis. Calls reject with a `Failure`; `unavailable` means that the command may have been
 * executed.
 */
export type RedisClient = {
  /** Runs a script, by its hash where Redis knows it. Parse the reply before use. */
  run(script: Script, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>
  /** Any other command. */
  command(name: string, ...args: (string | number)[]): Promise<unknown>
  /** Calls `listener` for every message of the channel. Subscribes again after each reconnection. */
  subscribe(channel: string, listener: (message: string) => void): Promise<void>
  /** IP address and port of the server that the connection reaches; `undefined` while it is disconnected. */
  remoteAddress(): string | undefined
  /**
   * Waits until the connection is ready. Rejects with `unavailable` after `timeoutMs`, and says what failed
   * last.
   */
  waitForConnection(timeoutMs: number): Promise<void>
  close(): void
}

export type RedisClientOptions = RedisConnection & {
  /** Past this time a command rejects with `unavailable`. */
  commandTimeoutMs: number
  /** Called with the message of every connection error. */
  onError(message: string): void
}

/**
 * The client never sends a command twice and queues none while it is disconnected. With the defaults of
 * ioredis, all of 20 commands that had timed out still took stock when Redis came back.
 */
const singleAttempt = {
  // safeguard: the offline queue is off
  enableOfflineQueue: false,
  // safeguard: no command is sent twice
  autoResendUnfulfilledCommands: false,
  // safeguard: the offline queue is off / no retry
  // safeguard: no command is sent twice / no retry
  maxRetriesPerRequest: 0,
  // ioredis does not handle the error of its own resubscription: a Redis that rejected it crashed the
  // process.
  autoResubscribe: false,
  connectTimeout: 2_000,
  keepAlive: 10_000,
  retryStrategy: (attempt: number) => Math.min(50 * attempt, 1_000) * (0.75 + Math.random() / 2),
  // `true` reconnects and rejects the command; 2 would send it again.
  reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
}

/** Between the end of a connection and the next attempt. */
const afterEndMs = 50

const failureOf = (cause: unknown): Failure => {
  const message = messageOf(cause)
  return message.startsWith('ARGUMENT')
    ? new Failure('defect', `a gate script rejected its arguments: ${message}`, { cause })
    : new Failure('unavailable', `Redis: ${message}`, { cause })
}

/** True when Redis answered with an error (NOPERM, unknown command, ...), false when it did not answer. */
export const isRedisErrorReply = (thrown: unknown): boolean =>
  thrown instanceof Failure && thrown.cause instanceof Error && thrown.cause.name === 'ReplyError'

/** True when Redis refused because it is full (`maxmemory`): nothing was done. */
export const isOutOfMemory = (thrown: unknown): boolean =>
  isRedisErrorReply(thrown) && messageOf((thrown as Failure).cause).startsWith('OOM')

/** Connects to Redis and reconnects without end. While it is disconnected, commands reject at once. */
export const connectRedis = (options: RedisClientOptions): RedisClient => {
  const settings = {
    ...singleAttempt,
    ...ioredisOptions(options),
    commandTimeout: options.commandTimeoutMs,
    // Closes a connection that is silently dead.
    socketTimeout: 3 * options.commandTimeoutMs,
    // Its default. The constructor is typed by it.
    replyMapping: 'legacy' as const,
  }
  const client = settings.sentinels == null ? new Redis(options.url, settings) : new Redis(settings)
  if (settings.sentinels != null) reportSentinelErrors(client, options.onError)
  let isClosed = false
  let lastError = ''
  client.on('error', (error: Error) => {
    lastError = `: ${messageOf(error)}`
    options.onError(messageOf(error))
  })
  client.on('ready', () => {
    lastError = ''
  })
  // ioredis gives up for good when the sentinels replace the master while it asks one of them where that is.
  client.on('end', () => {
    const again = (): void => {
      // Its error is also an event.
      // safeguard: a connection that ended is opened again
      if (!isClosed) client.connect().catch(() => undefined)
    }
    setTimeout(again, afterEndMs)
  })

  const command = async (name: string, ...args: (string | number)[]): Promise<unknown> => {
    try {
      return await client.call(name, args)
    } catch (cause) {
      throw failureOf(cause)
    }
  }

  return {
    command,
    async run(script, keys, args) {
      try {
        return await client.call('EVALSHA', [script.sha, keys.length, ...keys, ...args])
      } catch (cause) {
        if (!messageOf(cause).startsWith('NOSCRIPT')) throw failureOf(cause)
      }
      return command('EVAL', script.lua, keys.length, ...keys, ...args)
    },
    async subscribe(channel, listener) {
      await client.subscribe(channel)
      client.on('message', (from: string, message: string) => {
        if (from === channel) listener(message)
      })
      client.on('ready', () => {
        client.subscribe(channel).catch((cause: unknown) => {
          options.onError(messageOf(cause))
          client.disconnect(true)
        })
      })
    },
    remoteAddress() {
      const { remoteAddress, remotePort } = client.stream ?? {}
      return remoteAddress === undefined || remotePort === undefined
        ? undefined
        : hostPortText({ host: remoteAddress, port: remotePort })
    },
    async waitForConnection(timeoutMs) {
      if (client.status === 'ready') return
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const timer = setTimeout(
        () => reject(new Failure('unavailable', `Redis did not answer in ${timeoutMs} ms${lastError}`)),
        timeoutMs,
      )
      client.once('ready', resolve)
      try {
        await promise
      } finally {
        clearTimeout(timer)
        client.off('ready', resolve)
      }
    },
    close() {
      isClosed = true
      client.disconnect()
    },
  }
}
