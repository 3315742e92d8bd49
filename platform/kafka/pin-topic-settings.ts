import type { ConfigSource } from 'kafkajs'
import { Failure, messageOf } from '../failure.ts'
import type { KafkaCluster } from './client.ts'
import type { TopicShape } from './topic-admin.ts'

/**
 * A setting that a topic now has of its own. `from` is what was in force before: the same, when it was a
 * default.
 */
export type PinnedSetting = { topic: string; setting: string; from: string; to: string }

// ConfigResourceTypes and ConfigSource of kafkajs, copied: only kafkajs.ts loads kafkajs.
const topicResource = 2
const ownSetting = 1 as ConfigSource

/**
 * Gives existing topics the settings of their shapes, each as a setting of the topic's own: a default of the
 * brokers can change later. A value that `isEnough` stays as it is, and so do all other settings. Topics that
 * do not exist are left out. Returns what it changed. Rejects with `unavailable`.
 */
export const pinTopicSettings = async (
  kafka: KafkaCluster,
  shapes: readonly Pick<TopicShape, 'topic' | 'settings'>[],
  isEnough: (setting: string, found: string, wanted: string) => boolean,
): Promise<PinnedSetting[]> => {
  const admin = kafka.admin()

  const pin = async ({
    topic,
    settings,
  }: Pick<TopicShape, 'topic' | 'settings'>): Promise<PinnedSetting[]> => {
    const { resources } = await admin.describeConfigs({
      resources: [{ type: topicResource, name: topic }],
      includeSynonyms: false,
    })
    const found = resources.flatMap(({ configEntries }) => configEntries)
    const own = new Map(
      found
        .filter(({ configSource }) => configSource === ownSetting)
        .map(({ configName, configValue }) => [configName, configValue]),
    )
    const pinned: PinnedSetting[] = []
    for (const [setting, wanted] of Object.entries(settings)) {
      const from = found.find(({ configName }) => configName === setting)?.configValue ?? ''
      const to = from !== '' && isEnough(setting, from, wanted) ? from : wanted
      if (own.get(setting) === to) continue
      own.set(setting, to)
      pinned.push({ topic, setting, from, to })
    }
    if (pinned.length === 0) return []
    // The request replaces all settings of the topic's own: kafkajs has none that changes some.
    const configEntries = [...own].map(([name, value]) => ({ name, value }))
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: topicResource, name: topic, configEntries }],
    })
    return pinned
  }

  try {
    await admin.connect()
    const present = new Set(await admin.listTopics())
    const pinned: PinnedSetting[] = []
    for (const shape of shapes) if (present.has(shape.topic)) pinned.push(...(await pin(shape)))
    return pinned
  } catch (cause) {
    throw new Failure('unavailable', `Kafka: ${messageOf(cause)}`, { cause })
  } finally {
    await admin.disconnect().catch(() => undefined)
  }
}
