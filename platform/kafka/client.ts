import type { ISocketFactory, Kafka as KafkaClient, KafkaConfig } from 'kafkajs'
import { Kafka, logLevel } from './kafkajs.ts'
import type { Logger } from '../log/logger.ts'

/** How every client of one process reaches the brokers. */
export type KafkaOptions = {
  /** `host:port` of one or more brokers. */
  brokers: string[]
  clientId: string
  log: Logger
  /** A request that took longer is unknown. */
  requestTimeoutMs: number
  /** Opens the connections; kafkajs' own when left out. */
  socketFactory?: ISocketFactory
}

/** The handle that producers, consumers and admin clients are made from. */
export type KafkaCluster = KafkaClient

/** Whether the brokers answered, if with a refusal: kafkajs gives those a type, and wraps what it tried again. */
export const isBrokerResponse = (cause: unknown): boolean => {
  if (!(cause instanceof Error)) return false
  if ('type' in cause && typeof cause.type === 'string') return true
  return isBrokerResponse(cause.cause)
}

/**
 * kafkajs with every wait bounded: two retries from 50 ms fail in about 0.15 s where its defaults block a send for 17 s.
 * `NODE_ENV` changes none of it, because everything is passed.
 */
export const createKafka = (options: KafkaOptions): KafkaCluster => {
  const { brokers } = options
  let beginnings = 0
  const config: KafkaConfig = {
    // kafkajs begins with the first, and stays there while that one is silent: every beginning is with the next.
    brokers: () => [brokers[beginnings++ % brokers.length] ?? ''],
    clientId: options.clientId,
    connectionTimeout: 2_000,
    authenticationTimeout: 2_000,
    requestTimeout: options.requestTimeoutMs,
    enforceRequestTimeout: true,
    retry: { initialRetryTime: 50, maxRetryTime: 1_000, factor: 0.2, multiplier: 2, retries: 2 },
    logLevel: logLevel.WARN,
    logCreator:
      () =>
      ({ level, log: { message, timestamp: _, logger: __, ...detail } }) => {
        // A refused connection is kafkajs' daily bread and is reported by whoever needed it.
        if (level === logLevel.ERROR || level === logLevel.WARN)
          options.log.debug({ kafka: detail }, `kafkajs: ${message}`)
      },
  }
  return new Kafka(
    options.socketFactory === undefined ? config : { ...config, socketFactory: options.socketFactory },
  )
}
