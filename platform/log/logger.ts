import { createRequire } from 'node:module'
import { type DestinationStream, type LoggerOptions, type Logger as PinoLogger, pino } from 'pino'
import type * as PinoPretty from 'pino-pretty'
import { createStormGuard, type SuppressedLines } from './storm-guard.ts'

/**
 * Writes log messages, one line of JSON each. Never log a token or personal data; a user id is personal data.
 */
export type Logger = PinoLogger

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** Where the lines are written, and the clock of the limit a second. */
export type LoggerOutput = {
  /** Takes JSON lines. Default: pino's standard output, which writes synchronously. */
  stream?: DestinationStream
  monotonicMs(): number
}

/**
 * Lines of one level and message a second: a log storm must not fill a disk, nor cost more than the work
 * itself.
 */
const linesMax = 30
const messagesMax = 500

/**
 * Formats lines for people. A function instead of a pino transport: a terminal is written synchronously, so
 * the last lines of a process are not lost in another thread. pino-pretty is loaded only here because it
 * takes 20 ms.
 */
export const prettyTerminal = (
  terminal: Pick<NodeJS.WriteStream, 'write' | 'hasColors'>,
): DestinationStream => {
  const { prettyFactory } = createRequire(import.meta.url)('pino-pretty') as typeof PinoPretty
  const pretty = prettyFactory({
    colorize: terminal.hasColors(),
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
  })
  return { write: (line) => void terminal.write(pretty(line)) }
}

const standardOutput = (): LoggerOutput => ({
  ...(process.stdout.isTTY ? { stream: prettyTerminal(process.stdout) } : {}),
  monotonicMs: () => performance.now(),
})

const messageIn = (logged: readonly unknown[]): string => {
  const [first, second] = logged
  return typeof first === 'string' ? first : typeof second === 'string' ? second : ''
}

/**
 * Creates the logger of one process. `part` (`api`, `worker`, ...) is a field of every line. Lines are JSON,
 * or formatted where standard output is a terminal. The same message is written at most 30 times a second;
 * one line counts the rest.
 */
export const createLogger = (
  part: string,
  level: LogLevel,
  output: LoggerOutput = standardOutput(),
): Logger => {
  let isReporting = false
  let timer: NodeJS.Timeout | undefined
  const report = ({ level: of, message, lines }: SuppressedLines): void => {
    isReporting = true
    log[of as 'info']({ more: lines }, `… ${lines.toLocaleString('en')} more of these: ${message}`)
    isReporting = false
  }
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    process.off('exit', flush)
    guard.flush()
  }
  const guard = createStormGuard({
    linesMax,
    messagesMax,
    monotonicMs: output.monotonicMs,
    report,
    onSuppressed() {
      if (timer !== undefined) return
      timer = setTimeout(flush, 1_000).unref()
      // Before pino's own listener, after which nothing is written.
      process.prependListener('exit', flush)
    },
  })
  const options: LoggerOptions = {
    level,
    base: { part },
    timestamp: pino.stdTimeFunctions.isoTime,
    hooks: {
      logMethod(logged, write, ofLevel) {
        const name = pino.levels.labels[ofLevel] ?? 'info'
        if (isReporting || guard.admits(name, messageIn(logged))) write.apply(this, logged)
      },
    },
  }
  const log = output.stream === undefined ? pino(options) : pino(options, output.stream)
  return log
}
