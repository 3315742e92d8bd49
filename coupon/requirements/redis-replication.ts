import {
  type Assessment,
  failed,
  ok,
  okWhen,
  type Requirement,
  unknown,
  warning,
  whenRead,
} from './finding.ts'
import type { RedisReading } from './redis-reading.ts'

const lagMaxSeconds = 10

type Replication = { replicas: number; good: number | undefined; needed: number; lagSeconds: number }

/** Combines INFO and CONFIG GET: neither is enough alone. */
const whenReplicationRead = (
  { info, settings }: RedisReading,
  assess: (replication: Replication) => Assessment,
): Assessment =>
  whenRead(info, (fields) => {
    const replicas = Number(fields.get('connected_slaves') ?? 0)
    const good = fields.get('min_slaves_good_slaves')
    if ('refused' in settings && replicas === 0 && good === undefined) return ok('no replica is connected')
    return whenRead(settings, (values) => {
      const [needed, lag] = [values.get('min-replicas-to-write'), values.get('min-replicas-max-lag')]
      if (needed === undefined || lag === undefined)
        return unknown('the server does not report min-replicas-*')
      return assess({
        replicas,
        good: good === undefined ? undefined : Number(good),
        needed: Number(needed),
        lagSeconds: Number(lag),
      })
    })
  })

const assessReplicas = ({ replicas, good, needed }: Replication): Assessment => {
  if (good !== undefined && good < needed)
    return {
      ...failed(`${good} of ${needed} replicas follow in time: Redis refuses every script (NOREPLICAS)`),
      fix: 'start the replicas again, or redis-cli CONFIG SET min-replicas-to-write to a lower number',
    }
  if (replicas === 0) return ok(needed === 0 ? 'no replica is connected' : String(needed))
  const least = Math.ceil(replicas / 2)
  const found = `${needed}, with ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}`
  return {
    ...okWhen(needed >= least, found, 'warning'),
    expected: `${least} or more, so that two masters cannot both have enough replicas`,
    fix: `redis-cli CONFIG SET min-replicas-to-write ${least}, also in redis.conf of every node`,
  }
}

const assessLag = ({ needed, lagSeconds }: Replication): Assessment => {
  const found = `${lagSeconds} s`
  if (needed === 0) return ok(`${found}, not in use`)
  if (lagSeconds === 0) return warning(`${found}: this turns min-replicas-to-write off`)
  return okWhen(lagSeconds <= lagMaxSeconds, found, 'warning')
}

/** Requirements of a Redis with replicas: docs/protocol.md, The fence. */
export const replicationRequirements: readonly Requirement<RedisReading>[] = [
  {
    name: 'min-replicas-to-write',
    expected: '0 while no replica is connected',
    fix: 'redis-cli CONFIG SET min-replicas-to-write to half of the replicas, also in every redis.conf',
    why: 'When a master is cut off and another takes over, only one of them may grant (promises 1, 3)',
    assess: (reading) => whenReplicationRead(reading, assessReplicas),
  },
  {
    name: 'min-replicas-max-lag',
    expected: `1 to ${lagMaxSeconds} s`,
    fix: `redis-cli CONFIG SET min-replicas-max-lag ${lagMaxSeconds}, also in redis.conf of every node`,
    why: 'For this time a cut-off master still grants, and every arming waits (promise 1)',
    assess: (reading) => whenReplicationRead(reading, assessLag),
  },
]
