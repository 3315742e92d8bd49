import { z } from 'zod'
import type { Examination } from '../../coupon/requirements/finding.ts'
import type { RecentExamination } from '../../coupon/requirements/recent-examination.ts'
import { formatTime } from './answers.ts'
import { named } from './named-schema.ts'
import { sentence, timeValue } from './shared-shapes.ts'

const findingShape = z.object({
  ...{ place: z.string().max(64), name: z.string().max(200) },
  level: z
    .enum(['ok', 'warning', 'failed', 'unknown'])
    .describe('`unknown`: the server did not report what the requirement needs.'),
  ...{ found: sentence(), expected: sentence(), fix: sentence(), why: sentence() },
})

const serverShape = z.object({
  name: z.string().max(64).describe('Redis, Kafka, database, or the machine of this process.'),
  version: sentence().nullable().describe('Null where the server does not report it. Kafka never does.'),
  address: z.string().max(10_000).describe('Where this process connects to, without user and password.'),
  level: z
    .enum(['ok', 'warning', 'failed', 'unread'])
    .describe('The worst of its findings; `warning` too for `unknown`. `unread`: it did not answer.'),
  findings: z.array(findingShape).max(200).describe('The result of each requirement, the worst first.'),
})

/** What the servers are, and how they meet the requirements. */
export const serverListShape = named(
  'ServerList',
  z.object({
    examinedAt: timeValue('When they were examined, by the clock of this process.'),
    ageMs: z.int().min(0).max(600_000).describe('How long ago that was.'),
    servers: z.array(serverShape).max(10),
  }),
)

const order = ['failed', 'warning', 'unknown', 'ok'] as const

const levelOf = ({ isRead, findings }: Examination): z.output<typeof serverShape>['level'] => {
  if (!isRead) return 'unread'
  const worst = order.find((level) => findings.some((finding) => finding.level === level)) ?? 'ok'
  return worst === 'unknown' ? 'warning' : worst
}

const versionOf = ({ isRead, findings }: Examination): string | null => {
  const version = findings.find(({ name }) => name === 'version')
  return isRead && version !== undefined && version.level !== 'unknown' ? version.found : null
}

/** `ServerList` of docs/api.md. */
export const toServerListJson = (
  { examinations, atMs }: NonNullable<Awaited<ReturnType<RecentExamination['read']>>>,
  nowMs: number,
) => ({
  examinedAt: formatTime(atMs),
  // A clock that was set back makes no age of less than nothing.
  ageMs: Math.min(600_000, Math.max(0, Math.round(nowMs - atMs))),
  servers: examinations.map((examination) => ({
    name: examination.place,
    version: versionOf(examination),
    address: examination.address,
    level: levelOf(examination),
    findings: examination.findings.toSorted(
      (one, other) => order.indexOf(one.level) - order.indexOf(other.level),
    ),
  })),
})
