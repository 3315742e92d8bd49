import { z } from 'zod'
import { redisConnection, redisConnectionSettings } from '../../platform/connections/redis-connection.ts'
import { fitTogether } from '../../platform/connections/server-connections.ts'
import { connectRedis } from '../../platform/redis.ts'
import { readSettings } from '../../platform/settings.ts'
import { growthCommandLine, growthOptions, growthPlanOf } from '../arguments/growth.ts'
import { readRedisUsage } from '../measure/redis-usage.ts'
import { growthReport } from '../report/growth.ts'
import { runGrowth } from '../scenarios/growth.ts'
import { metricsUrlOf } from './common-to-loads.ts'
import { defineLoad } from './define-load.ts'

const redisSettings = fitTogether(z.object(redisConnectionSettings))

export const growthCommand = defineLoad({
  name: 'growth',
  summary: 'Measures what a press costs the API and Redis as one campaign grows.',
  options: growthOptions,
  planOf: growthPlanOf,
  commandLine: growthCommandLine,
  async run(plan, dependencies, { values, settings, environment }) {
    const redis = connectRedis({
      ...redisConnection(readSettings(redisSettings, environment)),
      ...{ commandTimeoutMs: 5_000, onError: () => undefined },
    })
    try {
      await redis.waitForConnection(5_000)
      return await runGrowth(plan, {
        ...dependencies,
        metricsUrl: metricsUrlOf(values.metrics, settings),
        redisUsage: () => readRedisUsage(redis),
      })
    } finally {
      redis.close()
    }
  },
  report: growthReport,
})
