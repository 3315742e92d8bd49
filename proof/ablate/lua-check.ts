import type { RedisClient } from '../../platform/redis.ts'

/** Asks the server to compile the Lua files among these. Throws when one does not compile: its tests would fail for that alone. */
export const createLuaCheck =
  (redis: RedisClient) =>
  async (files: ReadonlyMap<string, string>): Promise<void> => {
    for (const [file, text] of files)
      if (file.endsWith('.lua')) await redis.command('SCRIPT', 'LOAD', `#!lua\n${text}`)
  }
