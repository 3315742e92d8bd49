import { fail, met, ok, type Requirement, type Verdict, unknown, warn, whenTold } from './finding.ts'
import type { RedisReading } from './redis-reading.ts'

const lagMaxSeconds = 10

type Replication = { replicas: number; good: number | undefined; needed: number; lagSeconds: number }

/** What INFO and CONFIG GET say together; one alone does not decide. */
const whenReplicationTold = (
  { info, settings }: RedisReading,
  judge: (replication: Replication) => Verdict,
): Verdict =>
  whenTold(info, (fields) => {
    const replicas = Number(fields.get('connected_slaves') ?? 0)
    const good = fields.get('min_slaves_good_slaves')
    if ('refused' in settings && replicas === 0 && good === undefined) return ok('no replica is attached')
    return whenTold(settings, (given) => {
      const [needed, lag] = [given.get('min-replicas-to-write'), given.get('min-replicas-max-lag')]
      if (needed === undefined || lag === undefined) return unknown('the server does not tell min-replicas-*')
      return judge({
        ...{ replicas, good: good === undefined ? undefined : Number(good) },
        ...{ needed: Number(needed), lagSeconds: Number(lag) },
      })
    })
  })

const enough = ({ replicas, good, needed }: Replication): Verdict => {
  if (good !== undefined && good < needed)
    return {
      ...fail(`${good} of ${needed} follow in time: every script is refused (NOREPLICAS)`),
      mend: 'bring the replicas back, or redis-cli CONFIG SET min-replicas-to-write to what is there',
    }
  if (replicas === 0) return ok(needed === 0 ? 'no replica is attached' : String(needed))
  const least = Math.ceil(replicas / 2)
  return {
    ...met(needed >= least, `${needed}, with ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}`, 'warn'),
    expected: `${least} or more, so that two masters cannot both have enough`,
    mend: `redis-cli CONFIG SET min-replicas-to-write ${least}, and the same line in redis.conf of every node`,
  }
}

const lagVerdict = ({ needed, lagSeconds }: Replication): Verdict => {
  const found = `${lagSeconds} s`
  if (needed === 0) return ok(`${found}, not in use`)
  if (lagSeconds === 0) return warn(`${found}: this turns min-replicas-to-write off`)
  return met(lagSeconds <= lagMaxSeconds, found, 'warn')
}

/** What has to be so of a Redis with replicas: protocol.md, The fence. */
export const replicationRequirements: readonly Requirement<RedisReading>[] = [
  {
    name: 'min-replicas-to-write',
    expected: 'none needed while no replica is attached',
    mend: 'redis-cli CONFIG SET min-replicas-to-write to half of the replicas or more, and the same line in redis.conf of every node',
    why: 'Of a cut-off master and its successor only one may grant (promises 1, 3)',
    judge: (reading) => whenReplicationTold(reading, enough),
  },
  {
    name: 'min-replicas-max-lag',
    expected: `1 to ${lagMaxSeconds} s`,
    mend: `redis-cli CONFIG SET min-replicas-max-lag ${lagMaxSeconds}, and the same line in redis.conf of every node`,
    why: 'So long a cut-off master goes on, and so long every arming waits (promise 1)',
    judge: (reading) => whenReplicationTold(reading, lagVerdict),
  },
]
