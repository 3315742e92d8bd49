import type { RedisClient } from '../../platform/redis.ts'
import type { Sources } from './take-out.ts'

/** Lets Redis compile the Lua files among these. Throws when one does not compile: any test would fail for that alone. */
export const createLuaCheck =
  (redis: RedisClient) =>
  async (files: Sources): Promise<void> => {
    for (const [file, text] of files)
      if (file.endsWith('.lua')) await redis.command('SCRIPT', 'LOAD', `#!lua\n${text}`)
  }
