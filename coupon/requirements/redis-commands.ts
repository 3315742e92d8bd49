import { readFileSync } from 'node:fs'
import { createScript } from '../../platform/redis.ts'
import {
  campaignsChannel,
  deploymentKey,
  gateKey,
  listKeys,
  samplesKey,
  unrecordedKey,
  watchedKey,
} from '../gate/keys.ts'
import * as gateScripts from '../gate/scripts.ts'

/** Returns the commands of ARGV that the user of the connection may not run. */
export const permissionsScript = createScript(
  'permissions',
  readFileSync(new URL('permissions.lua', import.meta.url), 'utf8'),
)

/** Keys of a campaign that does not exist: only their form matters. */
const keys = [
  gateKey('00000000-0000-7000-8000-000000000000'),
  ...listKeys,
  ...[unrecordedKey, deploymentKey, watchedKey, samplesKey],
]
const callPattern = /redis\.p?call\(\s*['"](\w+)['"]/g

/** The commands that the gate's scripts call, taken from their text. */
const scriptCommands = [
  ...new Set(
    Object.values(gateScripts).flatMap(({ lua }) =>
      [...lua.matchAll(callPattern)].map(([, name]) => name ?? ''),
    ),
  ),
]

/** The commands that API, worker and audit send themselves. A test compares them with the code. */
export const sentCommands: readonly string[] = [
  'CONFIG GET',
  'GET',
  'HDEL',
  'HGET',
  'HMGET',
  'HSCAN',
  'HSET',
  'INFO',
  'LRANGE',
  'PUBLISH',
  'SCRIPT LOAD',
  'SET',
  'SUBSCRIBE',
  'TIME',
  'UNLINK',
  'XRANGE',
]

/** What follows each command that works on no key. */
const argumentsOf: Readonly<Record<string, string>> = {
  INFO: 'replication',
  TIME: '',
  'CONFIG GET': 'min-replicas-to-write',
  'SCRIPT LOAD': 'script',
  PUBLISH: `${campaignsChannel} message`,
  SUBSCRIBE: campaignsChannel,
}

/**
 * What follows the key. Redis 8 answers with an error when a command has too few arguments. Such a command
 * would count as forbidden.
 */
const argumentsBehindKey: Readonly<Record<string, string>> = {
  HDEL: 'field',
  HGET: 'field',
  HMGET: 'field',
  HSCAN: '0',
  HSET: 'field value',
  LRANGE: '0 -1',
  PEXPIRE: '1',
  RPUSH: 'element',
  SADD: 'member',
  SET: 'value',
  SMISMEMBER: 'member',
  XADD: '* field value',
  XDEL: '0-1',
  XRANGE: '- +',
  XREVRANGE: '+ -',
}

const withArguments = (name: string): string[] => {
  const argument = argumentsOf[name]
  const lines =
    argument === undefined
      ? keys.map((key) => `${name} ${key} ${argumentsBehindKey[name] ?? ''}`)
      : [`${name} ${argument}`]
  return lines.map((line) => line.trimEnd())
}

/** Every command that API, worker, audit and their scripts run, each with a key or channel of ours. */
export const neededCommands: readonly string[] = [
  ...['EVALSHA', 'EVAL'].flatMap((name) => keys.map((key) => `${name} script 1 ${key}`)),
  ...[...new Set([...scriptCommands, ...sentCommands])].sort().flatMap(withArguments),
]
