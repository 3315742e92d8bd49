import { Failure } from '../../platform/failure.ts'
import type { KafkaCluster } from '../../platform/kafka/client.ts'
import { readableCompressionTypes } from '../../platform/kafka/codecs/codecs.ts'
import { describeKafka, type KafkaDescription } from '../../platform/kafka/describe-kafka.ts'
import { grantsTopic } from './topics.ts'

/** Kafka that does not answer for this long is not asked again: it may be down while a process starts. */
const answerTimeoutMs = 2_000

/**
 * Rejects with `refused` when the topic of grants has a codec that this version cannot read. Otherwise people
 * would get a yes that no worker can record. Nothing is known, and nothing refused, while Kafka does not
 * answer.
 */
export const requireReadableLog = async (
  kafka: KafkaCluster,
  describe: (...asked: Parameters<typeof describeKafka>) => Promise<KafkaDescription> = describeKafka,
): Promise<void> => {
  const asked = { topics: [grantsTopic], brokerSettings: ['compression.type'], timeoutMs: answerTimeoutMs }
  const found = await describe(kafka, asked).catch((cause: unknown) => {
    if (cause instanceof Failure && cause.code === 'unavailable') return undefined
    throw cause
  })
  const settings = found?.topics.find(({ topic }) => topic === grantsTopic)?.settings
  const codec =
    settings === undefined || 'refused' in settings ? undefined : settings.value.get('compression.type')
  // safeguard: a log that cannot be read is refused
  if (codec !== undefined && !readableCompressionTypes.includes(codec))
    throw new Failure(
      'refused',
      `${grantsTopic} has compression.type=${codec}, which this version cannot read: grants would be kept and ` +
        'never recorded. Run `npm run migrate`, or start a version that reads it',
    )
}
