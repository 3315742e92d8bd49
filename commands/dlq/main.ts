import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { deadLettersTopic } from '../../coupon/log/topics.ts'
import { Failure, messageOf } from '../../platform/failure.ts'
import { createProducer } from '../../platform/kafka/producer.ts'
import { createTopicReader } from '../../platform/kafka/topic-reader.ts'
import { createTopicAdmin } from '../../platform/kafka/topic-admin.ts'
import { createKafka } from '../../platform/kafka/client.ts'
import { createLogger } from '../../platform/log/logger.ts'
import { readSettings } from '../../platform/settings.ts'
import { answer } from './answer.ts'
import { type DlqCommand, parseArguments, usage } from './arguments.ts'
import { createLetters } from './letters.ts'
import { dlqSettings } from './settings.ts'

// npm run dlq: lists, shows and redrives dead letters.

const exitCodes = { wrongUse: 2, unknown: 4 } as const

const perform = async (asked: DlqCommand): Promise<void> => {
  const settings = readSettings(dlqSettings, process.env)
  const kafka = createKafka({
    brokers: settings.KAFKA_BROKERS,
    clientId: 'firstcome-dlq',
    log: createLogger('dlq', 'silent'),
    requestTimeoutMs: 10_000,
  })
  const [topics, reader, producer] = [createTopicAdmin(kafka), createTopicReader(kafka), createProducer(kafka)]
  const letters = createLetters({ topics, reader, topic: deadLettersTopic })
  try {
    const text = await answer(asked, { letters, producer, now: Date.now })
    // A pipeline waits for whoever reads slowly: no more than a fetch of letters is held.
    await pipeline(Readable.from(text), process.stdout, { end: false })
  } finally {
    await producer.close()
    await reader.close()
    await topics.close()
  }
}

try {
  const asked = parseArguments(process.argv.slice(2))
  if (asked === 'help') process.stdout.write(`${usage}\n`)
  else await perform(asked)
} catch (cause) {
  // Whoever reads may close the pipe when it has seen enough: `| head`.
  if (!(cause instanceof Error && 'code' in cause && cause.code === 'EPIPE')) {
    process.stderr.write(`${messageOf(cause)}\n`)
    process.exitCode =
      cause instanceof Failure && cause.code === 'refused' ? exitCodes.wrongUse : exitCodes.unknown
  }
}
