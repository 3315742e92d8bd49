import { defineCommand } from '../../platform/command.ts'
import { Failure } from '../../platform/failure.ts'
import {
  otherDesignsCommandLine,
  otherDesignsOptions,
  otherDesignsPlanOf,
} from '../arguments/other-designs.ts'
import { startDesign } from '../other-designs/design-process.ts'
import { designDatabase, designKafka, designRedis, designSettings } from '../other-designs/design-settings.ts'
import { createDesignStore } from '../other-designs/design-store.ts'
import { otherDesignsReport } from '../report/other-designs.ts'
import { runOtherDesigns } from '../scenarios/other-designs.ts'
import { withWiring } from '../wiring.ts'
import { commonToLoads } from './common-to-loads.ts'

export const otherDesignsCommand = defineCommand({
  ...commonToLoads,
  name: 'npm run load -- other-designs',
  summary: 'Measures two usual designs beside the system, on the same servers, and counts what they lose.',
  options: otherDesignsOptions,
  run: (values, { settings, environment, stdout, stderr, print }) =>
    withWiring({ url: values.url, settings, stderr }, async ({ machine, ...wiring }) => {
      const all = designSettings.safeParse(environment)
      if (!all.success) throw new Failure('refused', `other designs need all servers: ${all.error.message}`)
      const [database, redis] = [designDatabase(all.data), designRedis(all.data)]
      try {
        await redis.waitForConnection(5_000)
        const plan = otherDesignsPlanOf(values)
        const result = await runOtherDesigns(plan, {
          ...wiring,
          store: createDesignStore(database, redis, designKafka(all.data)),
          start: (part, sale) => startDesign(part, sale, environment),
        })
        const command = otherDesignsCommandLine(plan)
        await print({
          text: `${otherDesignsReport(result, machine, stdout)}\n`,
          json: { command, machine, ...result },
        })
        return result.verdict
      } finally {
        redis.close()
        await database.close()
      }
    }),
})
