import { pino, type Logger } from 'pino'

/** One line of JSON a message on standard output. No token and no personal data belongs in it. */
export type Log = Logger

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** The log of one process, named by its part (`api`, `worker`, ...). */
export const createLog = (part: string, level: LogLevel): Log =>
  pino({ level, base: { part }, timestamp: pino.stdTimeFunctions.isoTime })
