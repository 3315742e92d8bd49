import { createRequire } from 'node:module'
import { type DestinationStream, type Logger as PinoLogger, type LoggerOptions, pino } from 'pino'
import type * as PinoPretty from 'pino-pretty'
import { createStormGuard, type SuppressedLines } from './storm-guard.ts'

/** One line of JSON a message. No token and no personal data belongs in it, and who a user is, is personal data. */
export type Logger = PinoLogger

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** Where the lines go, and by which clock a second is over. */
export type LoggerOutput = {
  /** Takes JSON lines; pino's own standard output when left out, which writes before it returns. */
  stream?: DestinationStream
  monotonicMs(): number
}

/** Lines of one level and message a second; a storm must not fill a disk, nor cost what the work costs. */
const linesMax = 30
const messagesMax = 500

/**
 * For people at a terminal. As a function and not as pino's transport: a terminal takes what is written before `write` returns, so
 * the last words of a process are not lost in another thread. Loaded here because it takes 20 ms.
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

const messageIn = (words: readonly unknown[]): string => {
  const [first, second] = words
  return typeof first === 'string' ? first : typeof second === 'string' ? second : ''
}

/**
 * The log of one process, named by its part (`api`, `worker`, ...): JSON, or words and colours where standard output is a terminal.
 * Of one message at most 30 lines a second go out; how many more there were is one line when the second is over.
 */
export const createLogger = (part: string, level: LogLevel, output: LoggerOutput = standardOutput()): Logger => {
  let isTelling = false
  let timer: NodeJS.Timeout | undefined
  const tell = ({ level: of, message, lines }: SuppressedLines): void => {
    isTelling = true
    log[of as 'info']({ more: lines }, `… ${lines.toLocaleString('en')} more of these: ${message}`)
    isTelling = false
  }
  const settle = (): void => {
    clearTimeout(timer)
    timer = undefined
    process.off('exit', settle)
    guard.flush()
  }
  const guard = createStormGuard({
    ...{ linesMax, messagesMax, monotonicMs: output.monotonicMs, report: tell },
    onSuppressed() {
      if (timer !== undefined) return
      timer = setTimeout(settle, 1_000).unref()
      // Before pino's own, after which nothing is written any more.
      process.prependListener('exit', settle)
    },
  })
  const options: LoggerOptions = {
    level,
    base: { part },
    timestamp: pino.stdTimeFunctions.isoTime,
    hooks: {
      logMethod(words, write, ofLevel) {
        const name = pino.levels.labels[ofLevel] ?? 'info'
        if (isTelling || guard.admits(name, messageIn(words))) write.apply(this, words)
      },
    },
  }
  const log = output.stream === undefined ? pino(options) : pino(options, output.stream)
  return log
}
