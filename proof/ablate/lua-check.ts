import type { RedisClient } from '../../platform/redis.ts'
import type { Sources } from './take-out.ts'

/** Compiles the Lua files among these in Redis. Throws when one does not compile: every test would fail. */
export const createLuaCheck =
  (redis: RedisClient) =>
  async (files: Sources): Promise<void> => {
    for (const [file, text] of files)
      if (file.endsWith('.lua')) await redis.command('SCRIPT', 'LOAD', `#!lua\n${text}`)
  }
