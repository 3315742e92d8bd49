import { clockRequirement } from './clock.ts'
import {
  type Assessment,
  failed,
  isAtLeast,
  ok,
  okWhen,
  type Requirement,
  warning,
  whenFieldRead,
  whenRead,
} from './finding.ts'
import type { RedisReading } from './redis-reading.ts'
import { replicationRequirements } from './redis-replication.ts'

const sizeText = (bytes: number): string =>
  bytes < 2 ** 30 ? `${Math.ceil(bytes / 2 ** 20)} MB` : `${(bytes / 2 ** 30).toFixed(1)} GB`

const memoryShareMax = 0.8
/** A winner takes 155 bytes in the gate; the rest is for the outbox and for growing hashes. */
const winnerBytes = 200
const forkMaxMs = 100
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

const assessMemory = (used: number, limit: number, total: number): Assessment => {
  const available = limit > 0 ? limit : total
  const ofWhat = limit > 0 ? '' : ', the memory of the machine (maxmemory 0)'
  const found = `${sizeText(used)} of ${sizeText(available)}${ofWhat}`
  if (limit > 0 && used >= limit) return failed(`${found}: Redis grants nothing and arms no gate (OOM)`)
  if (used > memoryShareMax * available) return warning(found)
  return ok(`${found}: room for ${whole.format((available - used) / winnerBytes)} winners`)
}

/**
 * The ACL rules that allow these commands, quoted for a shell: `+info`, or `+config|get` for a subcommand.
 */
const rulesFor = (commands: readonly string[]): string => {
  const names = commands.map((line) => {
    const [name = '', second = ''] = line.toLowerCase().split(' ')
    return ['config', 'script'].includes(name) ? `+${name}|${second}` : `+${name}`
  })
  return ['~fc:*', '&fc:*', ...new Set(names)].map((rule) => `'${rule}'`).join(' ')
}

const assessPermissions = ({ user, forbidden }: RedisReading): Assessment => {
  // Without EVALSHA and EVAL nothing else can be asked, and no script of ours runs.
  if ('refused' in forbidden && forbidden.refused.includes('NOPERM')) return failed(forbidden.refused)
  return whenRead(forbidden, (commands) => {
    if (commands.length === 0) return ok('all of them')
    const name = 'value' in user ? user.value : 'USER'
    return {
      ...failed(`user ${name} may not run: ${commands.join(', ')}`),
      fix: `redis-cli ACL SETUSER ${name} ${rulesFor(commands)}, then ACL SAVE or CONFIG REWRITE`,
    }
  })
}

/** Valkey calls it `server_mode`. */
const modeField = (info: RedisReading['info']): string =>
  'value' in info && info.value.has('server_mode') ? 'server_mode' : 'redis_mode'

const assessSaving = (reading: RedisReading): Assessment =>
  whenRead(reading.info, (info) => {
    const hasSaveFailed = info.get('rdb_last_bgsave_status') === 'err'
    const hasAppendFailed = info.get('aof_last_write_status') === 'err'
    const mode = info.get('aof_enabled') === '1' ? 'appendonly yes' : 'appendonly no'
    if (!hasSaveFailed && !hasAppendFailed) return ok(mode)
    const found = `${mode}; the last ${hasAppendFailed ? 'append to its file' : 'save'} failed`
    const acceptsWrites =
      'value' in reading.settings && reading.settings.value.get('stop-writes-on-bgsave-error') === 'no'
    return acceptsWrites && !hasAppendFailed
      ? warning(found)
      : failed(`${found}: Redis refuses writes (MISCONF)`)
  })

/** Requirements of a Redis that holds gates. */
export const redisRequirements: readonly Requirement<RedisReading>[] = [
  {
    name: 'version',
    expected: 'Redis 7.0 or newer, or Valkey',
    fix: 'install Redis 7.0 or newer, or Valkey',
    why: 'Only since 7.0 does a cut-off master refuse a whole script, with its "sold out" (promise 7)',
    assess: ({ info }) =>
      whenFieldRead(info, 'redis_version', (version) => {
        const valkey = 'value' in info ? info.value.get('valkey_version') : undefined
        return okWhen(isAtLeast(version, '7.0'), valkey === undefined ? version : `Valkey ${valkey}`)
      }),
  },
  {
    name: 'role',
    expected: 'master',
    fix: 'set REDIS_URL to the master',
    why: 'A gate on a replica refuses every script: every press is 503 (promise 7)',
    assess: ({ info }) => whenFieldRead(info, 'role', (role) => okWhen(role === 'master', role)),
  },
  {
    name: 'cluster mode',
    expected: 'standalone',
    fix: 'set REDIS_URL to a Redis with cluster-enabled no',
    why: 'The client follows no redirection: campaigns whose slot is on another node are 503 (promise 7)',
    assess: ({ info }) =>
      whenFieldRead(info, modeField(info), (mode) => okWhen(mode !== 'cluster', mode, 'warning')),
  },
  {
    name: 'maxmemory-policy',
    expected: 'noeviction',
    fix: 'redis-cli CONFIG SET maxmemory-policy noeviction, also in redis.conf',
    why: 'When Redis evicts a key, a gate loses its memory in the middle of a sale (promises 1 to 5)',
    assess: ({ info }) =>
      whenFieldRead(info, 'maxmemory_policy', (policy) => okWhen(policy === 'noeviction', policy)),
  },
  {
    name: 'memory',
    expected: `at most ${memoryShareMax * 100} % in use`,
    fix: 'redis-cli CONFIG SET maxmemory to more, or a machine with more memory',
    why: 'A full Redis grants and arms nothing; if the system kills it, every gate is lost (promise 7)',
    assess: ({ info }) =>
      whenFieldRead(info, 'used_memory', (used) =>
        whenFieldRead(info, 'maxmemory', (limit) =>
          whenFieldRead(info, 'total_system_memory', (total) =>
            assessMemory(Number(used), Number(limit), Number(total)),
          ),
        ),
      ),
  },
  ...replicationRequirements,
  {
    name: 'permissions',
    expected: 'every command that the product and its scripts run, on keys and channels fc:*',
    fix: [
      "redis-cli ACL SETUSER USER +@all -@dangerous +info '+config|get' '~fc:*' '&fc:*',",
      'then ACL SAVE or CONFIG REWRITE',
    ].join(' '),
    why: 'Without INFO a script misses lost memory; without CONFIG GET no gate is armed (promises 1, 7)',
    assess: assessPermissions,
  },
  {
    name: 'saving',
    expected: 'the last save of its file succeeded',
    fix: 'free space on its disk and let it write to its folder (CONFIG GET dir); its log has the error',
    why: 'After a failed save Redis refuses writes; the file itself keeps only grants that are in no log yet',
    assess: assessSaving,
  },
  {
    name: 'last fork',
    expected: `at most ${forkMaxMs} ms`,
    fix: [
      'turn transparent huge pages off, or save on a replica only: on the master',
      "redis-cli CONFIG SET save '' and redis-cli CONFIG SET appendonly no",
    ].join(' '),
    why: 'Redis answers nothing while it forks: every press of that moment waits',
    assess: ({ info }) =>
      whenFieldRead(info, 'latest_fork_usec', (microseconds) => {
        const milliseconds = Math.ceil(Number(microseconds) / 1_000)
        return milliseconds === 0
          ? ok('none yet')
          : okWhen(milliseconds <= forkMaxMs, `${milliseconds} ms`, 'warning')
      }),
  },
  {
    name: 'transparent huge pages',
    expected: 'off for Redis (disable-thp yes)',
    fix: [
      'disable-thp yes in redis.conf and a restart, or on its machine:',
      'echo madvise > /sys/kernel/mm/transparent_hugepage/enabled',
    ].join(' '),
    why: 'While Redis saves, a write copies 2 MB instead of 4 KB: presses wait, memory doubles',
    assess: ({ settings }) =>
      whenFieldRead(settings, 'disable-thp', (isOff) =>
        okWhen(isOff === 'yes', `disable-thp ${isOff}`, 'warning'),
      ),
  },
  clockRequirement(
    'A sale opens and closes by the clock of Redis; tokens, coupons and logs use the clock of this machine',
  ),
]
