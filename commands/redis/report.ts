import type { NotedRedis } from '../../coupon/ledger/redis-servers.ts'

/** The Redis of REDIS_URL, and the servers that the ledger knows beside it. */
export type RedisPlaces = {
  configured: string
  isMaster: boolean
  servers: readonly (NotedRedis & { isConfigured: boolean })[]
}

const meanings: Record<NotedRedis['state'], string> = {
  current: 'gates are armed here',
  leaving:
    'gates are being moved away; nothing is armed until it answers or `npm run redis -- adopt` says so',
  left: 'gates were moved away; it does not come back by itself',
}

/** A line for each server, the current one first. */
export const redisReport = ({ configured, isMaster, servers }: RedisPlaces): string => {
  const order = ['current', 'leaving', 'left']
  const lines = [...servers]
    .sort((one, other) => order.indexOf(one.state) - order.indexOf(other.state))
    .map(
      ({ state, address, endpoint, isConfigured }) =>
        `${state.padEnd(8)} ${address} (${endpoint})${isConfigured ? ', REDIS_URL' : ''}: ${meanings[state]}`,
    )
  const head = isMaster
    ? servers.some(({ isConfigured }) => isConfigured)
      ? []
      : [`REDIS_URL  ${configured}: no gate was ever armed here`]
    : [`REDIS_URL  ${configured}: does not answer as a master`]
  return [...head, ...lines, ''].join('\n')
}
