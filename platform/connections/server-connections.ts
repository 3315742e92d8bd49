import type { z } from 'zod'
import {
  type DatabaseConnection,
  databaseConnection,
  databaseConnectionSettings,
  hasHostName,
} from './database-connection.ts'
import { type KafkaConnection, kafkaConnection, kafkaConnectionSettings } from './kafka-connection.ts'
import { isKeyOf } from './pem-file.ts'
import { type RedisConnection, redisConnection, redisConnectionSettings } from './redis-connection.ts'
import { type ContradictionRule, refuseContradictions } from './refuse-contradictions.ts'

/** Where all three servers are, and how they are reached. */
export const serverConnectionSettings = {
  ...redisConnectionSettings,
  ...kafkaConnectionSettings,
  ...databaseConnectionSettings,
}

/** How all three are reached. */
export type ServerConnections = {
  redis: RedisConnection
  kafka: KafkaConnection
  database: DatabaseConnection
}

/** The connections that these settings describe. */
export const serverConnections = (
  settings: z.infer<z.ZodObject<typeof serverConnectionSettings>>,
): ServerConnections => ({
  redis: redisConnection(settings),
  kafka: kafkaConnection(settings),
  database: databaseConnection(settings),
})

/** Variables as they were read; those with a fault of their own are missing. */
type Values = Readonly<Record<string, unknown>>

type Rule = ContradictionRule<Values>

const isGiven = (values: Values, setting: string): boolean => values[setting] !== undefined

const textOf = (values: Values, setting: string): string => {
  const value = values[setting]
  return typeof value === 'string' ? value : ''
}

/** A setting that means nothing without another. */
const needs = (setting: string, other: string): Rule => ({
  setting,
  error: `only with ${other}`,
  isBroken: (values) => isGiven(values, setting) && !isGiven(values, other),
})

const certificateRules = (server: string): Rule[] => {
  const [certificate, key] = [`${server}_CERT_FILE`, `${server}_KEY_FILE`]
  return [
    needs(certificate, key),
    needs(key, certificate),
    {
      setting: key,
      error: `expected the key of ${certificate}`,
      isBroken: (values) => {
        const [keyText, certificateText] = [textOf(values, key), textOf(values, certificate)]
        return keyText !== '' && certificateText !== '' && !isKeyOf(keyText, certificateText)
      },
    },
  ]
}

/** TLS that is asked for and turned off at once, or asked for by halves. */
const tlsRules = (server: string, address: string): Rule[] => {
  const [tls, ca, certificate] = [`${server}_TLS`, `${server}_CA_FILE`, `${server}_CERT_FILE`]
  return [
    needs(tls, address),
    needs(ca, address),
    {
      setting: tls,
      error: `expected true with ${ca}`,
      isBroken: (values) => values[tls] === 'false' && isGiven(values, ca),
    },
    {
      setting: certificate,
      error: `only with ${tls}=true or ${ca}`,
      isBroken: (values) => isGiven(values, certificate) && values[tls] !== 'true' && !isGiven(values, ca),
    },
  ]
}

const redisTls = ['REDIS_CA_FILE', 'REDIS_CERT_FILE']
const redisSentinel = ['REDIS_SENTINEL_USERNAME', 'REDIS_SENTINEL_PASSWORD']

const rules: readonly Rule[] = [
  ...['REDIS', 'DATABASE', 'KAFKA'].flatMap(certificateRules),
  ...tlsRules('DATABASE', 'DATABASE_URL'),
  ...tlsRules('KAFKA', 'KAFKA_BROKERS'),
  ...redisTls.map((setting) => ({
    setting,
    error: 'only with rediss:// or rediss+sentinel:// in REDIS_URL',
    isBroken: (values: Values) =>
      isGiven(values, setting) && !textOf(values, 'REDIS_URL').startsWith('rediss'),
  })),
  ...redisSentinel.map((setting) => ({
    setting,
    error: 'only with redis+sentinel:// or rediss+sentinel:// in REDIS_URL',
    isBroken: (values: Values) =>
      isGiven(values, setting) && !textOf(values, 'REDIS_URL').includes('+sentinel://'),
  })),
  needs('REDIS_SENTINEL_USERNAME', 'REDIS_SENTINEL_PASSWORD'),
  {
    setting: 'DATABASE_TLS',
    error: 'expected a host name in DATABASE_URL, or DATABASE_CA_FILE: an IP address has no name to compare',
    isBroken: (values) =>
      values['DATABASE_TLS'] === 'true' &&
      !isGiven(values, 'DATABASE_CA_FILE') &&
      isGiven(values, 'DATABASE_URL') &&
      !hasHostName(textOf(values, 'DATABASE_URL')),
  },
  needs('KAFKA_SASL_MECHANISM', 'KAFKA_BROKERS'),
  needs('KAFKA_SASL_MECHANISM', 'KAFKA_SASL_USERNAME'),
  needs('KAFKA_SASL_MECHANISM', 'KAFKA_SASL_PASSWORD'),
  needs('KAFKA_SASL_USERNAME', 'KAFKA_SASL_MECHANISM'),
  needs('KAFKA_SASL_PASSWORD', 'KAFKA_SASL_MECHANISM'),
]

/** Adds to the settings of a program that those of one server must fit together. */
export const fitTogether = <Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>): z.ZodObject<Shape> =>
  refuseContradictions(schema, rules)
