import { readFileSync } from 'node:fs'
import { createScript } from '../../platform/redis.ts'
import { campaignsChannel, gateKey, listKeys } from '../gate/keys.ts'
import * as gateScripts from '../gate/scripts.ts'

/** Answers with those of the commands in ARGV that the caller's user may not run. */
export const permissionsScript = createScript(
  'permissions',
  readFileSync(new URL('permissions.lua', import.meta.url), 'utf8'),
)

/** A campaign that nobody has: only the shape of its keys counts. */
const keys = [gateKey('00000000-0000-7000-8000-000000000000'), ...listKeys]
const callPattern = /redis\.p?call\(\s*['"](\w+)['"]/g

/** What the gate's scripts call, as their own text says. */
const inScripts = [
  ...new Set(
    Object.values(gateScripts).flatMap(({ lua }) =>
      [...lua.matchAll(callPattern)].map(([, name]) => name ?? ''),
    ),
  ),
]

/** What is sent as it is, by API, worker and audit. A test compares it with the code. */
export const sentCommands: readonly string[] = [
  ...[
    'CONFIG GET',
    'HMGET',
    'HSCAN',
    'HSET',
    'INFO',
    'LRANGE',
    'PUBLISH',
    'SCRIPT LOAD',
    'SUBSCRIBE',
    'TIME',
  ],
  ...['UNLINK', 'XRANGE'],
]

/** What those take that do not work on a key. */
const withoutKey: Readonly<Record<string, string>> = {
  INFO: 'replication',
  TIME: '',
  'CONFIG GET': 'min-replicas-to-write',
  'SCRIPT LOAD': 'script',
  PUBLISH: campaignsChannel,
  SUBSCRIBE: campaignsChannel,
}
const withArguments = (name: string): string[] => {
  const argument = withoutKey[name]
  return argument === undefined ? keys.map((key) => `${name} ${key}`) : [`${name} ${argument}`.trimEnd()]
}

/** Every command that API, worker and their scripts run, one a line, with a key or channel of ours. */
export const neededCommands: readonly string[] = [
  ...['EVALSHA', 'EVAL'].flatMap((name) => keys.map((key) => `${name} script 1 ${key}`)),
  ...[...new Set([...inScripts, ...sentCommands])].sort().flatMap(withArguments),
]
