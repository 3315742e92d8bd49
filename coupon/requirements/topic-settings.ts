import type { KafkaDescription } from '../../platform/kafka/describe-kafka.ts'
import type { TopicShape } from '../../platform/kafka/topic-admin.ts'
import { okWhen, type Requirement, whenFieldRead } from './finding.ts'

const dayMs = 86_400_000

/** How a setting is compared with the one that we create: the same, or at least as much (-1 is no limit). */
type SettingRule = { compare: 'same' | 'least'; why: string; otherwise?: 'warning' }

const settingRules: Readonly<Record<string, SettingRule>> = {
  'cleanup.policy': {
    compare: 'same',
    why: 'Compaction deletes records: grants that the ledger does not have yet (promise 2)',
  },
  'retention.ms': {
    compare: 'least',
    why: 'A record that is deleted before a worker recorded it is lost (promise 2)',
  },
  'retention.bytes': {
    compare: 'least',
    why: 'A size limit deletes grants in the middle of a burst (promise 2)',
  },
  'unclean.leader.election.enable': {
    compare: 'same',
    why: 'A leader that was behind loses acknowledged grants, whose users were told yes (promise 2)',
  },
  'message.timestamp.type': {
    compare: 'same',
    otherwise: 'warning',
    why: "Retention uses the time of a record: it must come from the broker's clock, not from the producer's",
  },
  'compression.type': {
    compare: 'same',
    otherwise: 'warning',
    why: 'Brokers compress every batch again, with a codec that a later version may not read',
  },
  'max.message.bytes': {
    compare: 'least',
    why: 'A produce that is too large is rejected at every attempt: its winners stay at 202 (promise 2)',
  },
}

const valueText = (name: string, value: string): string => {
  if (value === '-1') return 'no limit'
  if (name === 'retention.ms') return `${Number((Number(value) / dayMs).toFixed(2))} days`
  return name.endsWith('.bytes') ? `${value} bytes` : value
}

const isEnough = ({ compare }: SettingRule, found: string, wanted: string): boolean => {
  if (compare === 'same' || found === wanted) return found === wanted
  return found === '-1' || (wanted !== '-1' && Number(found) >= Number(wanted))
}

/**
 * Whether the setting of a topic that exists can stay, as `npm run migrate` asks it. The number of copies
 * that must be in sync is raised, and never lowered.
 */
export const canKeepSetting = (setting: string, found: string, wanted: string): boolean =>
  setting === 'min.insync.replicas'
    ? Number(found) >= Number(wanted)
    : isEnough(settingRules[setting] ?? { compare: 'same', why: '' }, found, wanted)

/** The command that sets a setting of a topic. */
export const alterTopic = (brokers: readonly string[], topic: string, setting: string): string =>
  [
    `kafka-configs.sh --bootstrap-server ${brokers.join(',')} --alter`,
    `--entity-type topics --entity-name ${topic} --add-config ${setting}`,
  ].join(' ')

/** The requirement of one setting; none for a setting that `copiesRequirements` assesses. */
export const settingRequirement = (
  brokers: readonly string[],
  { topic }: TopicShape,
  [name, wanted]: [string, string],
): Requirement<KafkaDescription>[] => {
  const rule = settingRules[name]
  if (rule === undefined) return []
  const orMore = rule.compare === 'least' && wanted !== '-1' ? ' or more' : ''
  return [
    {
      name: `${topic} ${name}`,
      expected: `${valueText(name, wanted)}${orMore}`,
      fix: alterTopic(brokers, topic, `${name}=${wanted}`),
      why: rule.why,
      assess: ({ topics }) => {
        const described = topics.find((one) => one.topic === topic)
        if (described === undefined) return undefined
        return whenFieldRead(described.settings, name, (found) =>
          okWhen(isEnough(rule, found, wanted), valueText(name, found), rule.otherwise),
        )
      },
    },
  ]
}
