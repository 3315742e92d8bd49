import { createHash } from 'node:crypto'
import { Redis } from 'ioredis'
import { Failure, messageOf } from './failure.ts'

/** A Lua script as Redis is to run it; its contract stands at its head. */
export type Script = { readonly name: string; readonly lua: string; readonly sha: string }

/** A script under the hash that Redis knows it by. */
export const createScript = (name: string, lua: string): Script => ({
  name,
  lua,
  sha: createHash('sha1').update(lua).digest('hex'),
})

/** The commands that the product uses. Each rejects with a `Failure`: `unavailable` always means "it may have happened". */
export type RedisClient = {
  /** Runs one script as one command. Its reply is unknown until parsed. */
  run(script: Script, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>
  /** Any other command. */
  command(name: string, ...args: (string | number)[]): Promise<unknown>
  /** Calls `listener` for every message of the channel, again after every reconnection. */
  subscribe(channel: string, listener: (message: string) => void): Promise<void>
  /** Waits until the server answers; gives up after `timeoutMs`. */
  waitForConnection(timeoutMs: number): Promise<void>
  close(): void
}

export type RedisClientOptions = {
  url: string
  /** A command that took longer is unknown. */
  commandTimeoutMs: number
  /** Told of every fault of the connection. */
  onFault(message: string): void
}

/**
 * A client that never re-sends and never queues while cut off: with ioredis' defaults callers that were told
 * "timed out" still took stock when Redis came back (measured: 20 of 20).
 */
const neverRepeat = {
  // safeguard: the offline queue is off
  enableOfflineQueue: false,
  // safeguard: no command is sent twice
  autoResendUnfulfilledCommands: false,
  // safeguard: the offline queue is off / no retry
  // safeguard: no command is sent twice / no retry
  maxRetriesPerRequest: 0,
  // It subscribes again after a reconnection without looking what came of it: a server that stood still then, or refused, ended the process.
  autoResubscribe: false,
  connectTimeout: 2_000,
  keepAlive: 10_000,
  retryStrategy: (attempt: number) => Math.min(50 * attempt, 1_000) * (0.75 + Math.random() / 2),
  // true reconnects and rejects; 2 would send the write again.
  reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
}

const failureOf = (cause: unknown): Failure => {
  const message = messageOf(cause)
  return message.startsWith('ARGUMENT')
    ? new Failure('defect', `a gate script refused its arguments: ${message}`, { cause })
    : new Failure('unavailable', `Redis: ${message}`, { cause })
}

/** Whether Redis answered, with an error (NOPERM, an unknown command, ...), as opposed to no answer. */
export const isRedisErrorReply = (thrown: unknown): boolean =>
  thrown instanceof Failure && thrown.cause instanceof Error && thrown.cause.name === 'ReplyError'

/** A connection for scripts and commands; it reconnects for ever, and refuses at once while it is cut off. */
export const connectRedis = (options: RedisClientOptions): RedisClient => {
  const client = new Redis(options.url, {
    ...neverRepeat,
    commandTimeout: options.commandTimeoutMs,
    // A link that was cut without a word is given up, not waited for.
    socketTimeout: 3 * options.commandTimeoutMs,
  })
  client.on('error', (error: Error) => options.onFault(messageOf(error)))

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
          options.onFault(messageOf(cause))
          client.disconnect(true)
        })
      })
    },
    async waitForConnection(timeoutMs) {
      if (client.status === 'ready') return
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const timer = setTimeout(
        () => reject(new Failure('unavailable', `Redis did not answer in ${timeoutMs} ms`)),
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
      client.disconnect()
    },
  }
}
