import { clockRequirement } from './clock.ts'
import {
  fail,
  isAtLeast,
  met,
  ok,
  type Requirement,
  type Verdict,
  warn,
  whenGiven,
  whenTold,
} from './finding.ts'
import type { RedisReading } from './redis-reading.ts'
import { replicationRequirements } from './redis-replication.ts'

const bytes = (count: number): string =>
  count < 2 ** 30 ? `${Math.ceil(count / 2 ** 20)} MB` : `${(count / 2 ** 30).toFixed(1)} GB`

const memoryShareMax = 0.8
/** A winner takes 155 bytes in the gate; the rest is for the outbox and what a hash grows by (facts of the gate's layout). */
const bytesAWinner = 200
const forkMaxMs = 100
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

const memoryVerdict = (used: number, limit: number, total: number): Verdict => {
  const room = limit > 0 ? limit : total
  const found = `${bytes(used)} of ${bytes(room)}${limit > 0 ? '' : ', all that the machine has (maxmemory 0)'}`
  if (limit > 0 && used >= limit) return fail(`${found}: every script is refused (OOM)`)
  if (used > memoryShareMax * room) return warn(found)
  return ok(`${found}: room for ${whole.format((room - used) / bytesAWinner)} winners`)
}

/** The rules that let a user do it, quoted for a shell: `+info`, and `+config|get` for a subcommand. */
const rulesFor = (refused: readonly string[]): string => {
  const names = refused.map((line) => {
    const [name = '', second = ''] = line.toLowerCase().split(' ')
    return ['config', 'script'].includes(name) ? `+${name}|${second}` : `+${name}`
  })
  return ['~fc:*', '&fc:*', ...new Set(names)].map((rule) => `'${rule}'`).join(' ')
}

const permissionsVerdict = ({ user, refused }: RedisReading): Verdict => {
  // Without EVALSHA and EVAL nothing else can be asked, and nothing of ours would run.
  if ('refused' in refused && refused.refused.includes('NOPERM')) return fail(refused.refused)
  return whenTold(refused, (lines) => {
    if (lines.length === 0) return ok('all of them')
    const name = 'value' in user ? user.value : 'USER'
    return {
      ...fail(`user ${name} may not run: ${lines.join(', ')}`),
      mend: `redis-cli ACL SETUSER ${name} ${rulesFor(lines)}, then ACL SAVE or CONFIG REWRITE`,
    }
  })
}

const saveVerdict = (reading: RedisReading): Verdict =>
  whenTold(reading.info, (info) => {
    const save = info.get('rdb_last_bgsave_status')
    const append = info.get('aof_last_write_status')
    const keeps = info.get('aof_enabled') === '1' ? 'appendonly yes' : 'appendonly no'
    if (save !== 'err' && append !== 'err') return ok(keeps)
    const goesOn =
      'value' in reading.settings && reading.settings.value.get('stop-writes-on-bgsave-error') === 'no'
    const found = `${keeps}; the last ${append === 'err' ? 'write of its file' : 'save'} failed`
    return append !== 'err' && goesOn ? warn(found) : fail(`${found}: writes are refused (MISCONF)`)
  })

const requirements: readonly Requirement<RedisReading>[] = [
  {
    name: 'version',
    expected: 'Redis 7.0 or newer, or Valkey',
    mend: 'install Redis 7.0 or newer, or Valkey',
    why: 'A cut-off master refuses a whole script, its "sold out" included, only since 7.0 (promise 7)',
    judge: ({ info }) =>
      whenGiven(info, 'redis_version', (version) => {
        const valkey = 'value' in info ? info.value.get('valkey_version') : undefined
        return met(isAtLeast(version, '7.0'), valkey === undefined ? version : `Valkey ${valkey}`)
      }),
  },
  {
    name: 'role',
    expected: 'master',
    mend: 'let REDIS_URL name the master',
    why: 'A gate on a replica answers nothing; every press is 503 (promise 7)',
    judge: ({ info }) => whenGiven(info, 'role', (role) => met(role === 'master', role)),
  },
  {
    name: 'cluster mode',
    expected: 'standalone',
    mend: 'let REDIS_URL name a Redis with cluster-enabled no',
    why: 'The client follows no redirection: campaigns whose slot is on another node are 503 (promise 7)',
    judge: ({ info }) => whenGiven(info, 'redis_mode', (mode) => met(mode !== 'cluster', mode, 'warn')),
  },
  {
    name: 'maxmemory-policy',
    expected: 'noeviction',
    mend: 'redis-cli CONFIG SET maxmemory-policy noeviction, and the same line in redis.conf',
    why: 'An evicted key is a gate that lost its memory in the middle of a sale (promises 1 to 5)',
    judge: ({ info }) =>
      whenGiven(info, 'maxmemory_policy', (policy) => met(policy === 'noeviction', policy)),
  },
  {
    name: 'memory',
    expected: `at most ${memoryShareMax * 100} % in use`,
    mend: 'redis-cli CONFIG SET maxmemory to more, or give Redis a larger machine',
    why: 'A full Redis refuses every script; one that the system kills takes every gate with it (promise 7)',
    judge: ({ info }) =>
      whenGiven(info, 'used_memory', (used) =>
        whenGiven(info, 'maxmemory', (limit) =>
          whenGiven(info, 'total_system_memory', (total) =>
            memoryVerdict(Number(used), Number(limit), Number(total)),
          ),
        ),
      ),
  },
  ...replicationRequirements,
  {
    name: 'permissions',
    expected: 'every command that the product and its scripts run, on keys and channels fc:*',
    mend: "redis-cli ACL SETUSER USER +@all -@dangerous +info '+config|get' '~fc:*' '&fc:*', then ACL SAVE or CONFIG REWRITE",
    why: 'A script that may not read INFO cannot tell whether its server lost memory; without CONFIG GET no gate is armed (promises 1, 7)',
    judge: permissionsVerdict,
  },
  {
    name: 'saving',
    expected: 'that the last save of its file went well',
    mend: 'make room on its disk, and let it write to its folder (CONFIG GET dir); its log says why it could not',
    why: 'After a failed save Redis refuses writes. The file itself is a convenience: it keeps grants that are in no log yet (promise 7)',
    judge: saveVerdict,
  },
  {
    name: 'last fork',
    expected: `at most ${forkMaxMs} ms`,
    mend: `turn transparent huge pages off, or save on a replica alone: on the master redis-cli CONFIG SET save '' and redis-cli CONFIG SET appendonly no`,
    why: 'While it forks Redis answers nobody: every press of that moment waits',
    judge: ({ info }) =>
      whenGiven(info, 'latest_fork_usec', (microseconds) => {
        const milliseconds = Math.ceil(Number(microseconds) / 1_000)
        return milliseconds === 0
          ? ok('none yet')
          : met(milliseconds <= forkMaxMs, `${milliseconds} ms`, 'warn')
      }),
  },
  {
    name: 'transparent huge pages',
    expected: 'off for Redis (disable-thp yes)',
    mend: 'disable-thp yes in redis.conf and a restart, or on its machine: echo madvise > /sys/kernel/mm/transparent_hugepage/enabled',
    why: 'While it saves, each first write to a page copies 2 MB instead of 4 KB: presses wait and memory doubles',
    judge: ({ settings }) =>
      whenGiven(settings, 'disable-thp', (isOff) => met(isOff === 'yes', `disable-thp ${isOff}`, 'warn')),
  },
  clockRequirement('A sale opens and closes by the clock of Redis; tokens, coupons and logs go by this one'),
]

/** What has to be so of a Redis that holds gates. */
export const redisRequirements = requirements
