import type { ISocketFactory, Kafka as KafkaClient, KafkaConfig, SASLOptions } from 'kafkajs'
import type { KafkaConnection } from '../connections/kafka-connection.ts'
import { givenFiles } from '../connections/tls-files.ts'
import type { Logger } from '../log/logger.ts'
import { Kafka, logLevel } from './kafkajs.ts'

/** Connection options for all Kafka clients of one process. */
export type KafkaOptions = KafkaConnection & {
  clientId: string
  log: Logger
  /** Past this time a request fails; whether it took effect is unknown. */
  requestTimeoutMs: number
  /** Opens the connections. Default: that of kafkajs. */
  socketFactory?: ISocketFactory
}

/** The kafkajs client that producers, consumers and admin clients are created from. */
export type KafkaCluster = KafkaClient

/**
 * True for an error that a broker returned: kafkajs gives it a `type`. The error after retries has it as its
 * cause.
 */
export const isBrokerResponse = (cause: unknown): boolean => {
  if (!(cause instanceof Error)) return false
  if ('type' in cause && typeof cause.type === 'string') return true
  return isBrokerResponse(cause.cause)
}

/**
 * Creates a kafkajs client with every wait bounded. Two retries from 50 ms fail in about 0.15 s, where the
 * defaults block a send for 17 s. All options are passed, so `NODE_ENV` has no effect.
 */
export const createKafka = (options: KafkaOptions): KafkaCluster => {
  const { brokers, tls, sasl, socketFactory } = options
  let connections = 0
  const config: KafkaConfig = {
    // kafkajs always connects to the first broker, also while that one does not answer. Here each attempt
    // takes the next.
    brokers: () => [brokers[connections++ % brokers.length] ?? ''],
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
        // kafkajs logs every refused connection; the operation that needed it reports the failure.
        if (level === logLevel.ERROR || level === logLevel.WARN)
          options.log.debug({ kafka: detail }, `kafkajs: ${message}`)
      },
  }
  return new Kafka({
    ...config,
    ...(tls === undefined ? {} : { ssl: givenFiles(tls) }),
    ...(sasl === undefined ? {} : { sasl: sasl as SASLOptions }),
    ...(socketFactory === undefined ? {} : { socketFactory }),
  })
}
