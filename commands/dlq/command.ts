import type { z } from 'zod'
import { knownReasons } from '../../coupon/dead-letters/advice.ts'
import {
  createDeadLetterReader,
  type DeadLetterReader,
} from '../../coupon/dead-letters/dead-letter-reader.ts'
import { readPosition } from '../../coupon/log/dead-letter.ts'
import { deadLettersTopic } from '../../coupon/log/topics.ts'
import { defineCommand, defineCommandGroup } from '../../platform/command.ts'
import { kafkaConnection } from '../../platform/connections/kafka-connection.ts'
import { createKafka } from '../../platform/kafka/client.ts'
import { createProducer, type Producer } from '../../platform/kafka/producer.ts'
import { createTopicAdmin } from '../../platform/kafka/topic-admin.ts'
import { createTopicReader } from '../../platform/kafka/topic-reader.ts'
import { createLogger } from '../../platform/log/logger.ts'
import { argument, flag, integer, optional, required } from '../../platform/option.ts'
import { listedMax, listLetters, redriveLetters, showLetter } from './actions.ts'
import { dlqSettings } from './settings.ts'

/** Connects to Kafka for as long as `work` runs. */
const withKafka = async (
  settings: z.infer<typeof dlqSettings>,
  work: (topic: { letters: DeadLetterReader; producer: Producer; now(): number }) => Promise<void>,
): Promise<'done'> => {
  const kafka = createKafka({
    ...kafkaConnection(settings),
    clientId: 'firstcome-dlq',
    log: createLogger('dlq', 'silent'),
    requestTimeoutMs: 10_000,
  })
  const topics = createTopicAdmin(kafka)
  const reader = createTopicReader(kafka)
  const producer = createProducer(kafka)
  try {
    const letters = createDeadLetterReader({ topics, reader, topic: deadLettersTopic })
    await work({ letters, producer, now: Date.now })
    return 'done'
  } finally {
    await producer.close()
    await reader.close()
    await topics.close()
  }
}

const letter = {
  placeholder: 'partition:offset',
  help: 'a dead letter as list names it, for example 0:17',
  expected: 'a dead letter as list names it, for example 0:17',
  parse: readPosition,
}
const reason = optional({
  placeholder: 'REASON',
  help: `only letters of this reason: ${knownReasons.join(', ')}`,
  expected: knownReasons.join(', '),
  parse: (text) => (knownReasons.includes(text) ? text : undefined),
})
const jsonHelp = 'prints one JSON document a line'

const common = {
  settings: dlqSettings,
  exitCodes: { done: [0, 'done, also when there was nothing to do'] },
  failureExitCode: [
    4,
    'Kafka could not be read, or did not acknowledge: letters not printed as redriven are open',
  ],
} as const

export const listCommand = defineCommand({
  ...common,
  name: 'npm run dlq -- list',
  summary: 'Lists the open dead letters, the oldest first, and counts every reason.',
  options: {
    reason,
    limit: integer({
      min: 1,
      max: 100_000_000,
      help: `letters that are listed (without it ${listedMax}, with --json all)`,
    }),
  },
  jsonHelp,
  run: (asked, { settings, print }) =>
    withKafka(settings, ({ letters }) => print(listLetters(letters, asked))),
})

export const showCommand = defineCommand({
  ...common,
  name: 'npm run dlq -- show',
  summary: 'Shows one dead letter: where it comes from, why, its key and value, and what to do.',
  options: { letter: argument(required(letter)) },
  run: ({ letter: position }, { settings, print }) =>
    withKafka(settings, async ({ letters }) => print(await showLetter(letters, position))),
})

export const redriveCommand = defineCommand({
  ...common,
  name: 'npm run dlq -- redrive',
  summary: 'Appends the record of one dead letter, or of all, to the log again.',
  options: {
    letter: argument(optional(letter)),
    all: flag('all letters that are open now'),
    reason,
    'dry-run': flag('prints what would be redriven and writes nothing'),
  },
  jsonHelp,
  check(values) {
    const isLeftOut = 'letter' in values && values.letter === undefined
    return [
      ...(isLeftOut && !values.all ? [`expected ${letter.expected}, or --all, not nothing`] : []),
      ...(!isLeftOut && values.all ? ['--all: takes no letter beside it'] : []),
      ...(values.reason !== undefined && !values.all ? ['--reason: only with --all'] : []),
    ]
  },
  run: ({ letter: position, reason: only, 'dry-run': isDryRun }, { settings, print }) =>
    withKafka(settings, async (topic) =>
      print(await redriveLetters(topic, position === undefined ? { reason: only } : { position }, isDryRun)),
    ),
})

/** Lists, shows and redrives dead letters. */
export const dlqCommand = defineCommandGroup({
  list: listCommand,
  show: showCommand,
  redrive: redriveCommand,
})
