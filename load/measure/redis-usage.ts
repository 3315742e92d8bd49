import type { RedisClient } from '../../platform/redis.ts'

/** What Redis has used so far: its memory now, and the processor seconds since its start. */
export type RedisUsage = { memoryBytes: number; cpuSeconds: number }

const valueIn = (text: string, name: string): number =>
  Number(new RegExp(`^${name}:(\\S+)`, 'm').exec(text)?.[1])

/** Asks INFO. `used_memory` is what keys and clients take, without what the allocator keeps for later. */
export const readRedisUsage = async (redis: RedisClient): Promise<RedisUsage> => {
  const [memory, cpu] = [
    String(await redis.command('INFO', 'memory')),
    String(await redis.command('INFO', 'cpu')),
  ]
  return {
    memoryBytes: valueIn(memory, 'used_memory'),
    cpuSeconds: valueIn(cpu, 'used_cpu_user') + valueIn(cpu, 'used_cpu_sys'),
  }
}
