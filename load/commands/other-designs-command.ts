import { readSettings } from '../../platform/settings.ts'
import {
  otherDesignsCommandLine,
  otherDesignsOptions,
  otherDesignsPlanOf,
} from '../arguments/other-designs.ts'
import { startDesign } from '../other-designs/design-process.ts'
import { designSettings, withDesignServers } from '../other-designs/design-settings.ts'
import { createDesignStore } from '../other-designs/design-store.ts'
import { otherDesignsReport } from '../report/other-designs.ts'
import { runOtherDesigns } from '../scenarios/other-designs.ts'
import { defineLoad } from './define-load.ts'

export const otherDesignsCommand = defineLoad({
  name: 'other-designs',
  summary: 'Measures two usual designs beside the system, on the same servers, and counts what they lose.',
  options: otherDesignsOptions,
  planOf: otherDesignsPlanOf,
  commandLine: otherDesignsCommandLine,
  run: (plan, dependencies, { environment }) =>
    withDesignServers(readSettings(designSettings, environment), (database, redis, kafka) =>
      runOtherDesigns(plan, {
        ...dependencies,
        store: createDesignStore(database, redis, kafka),
        start: (part, sale) => startDesign(part, sale, environment),
      }),
    ),
  report: otherDesignsReport,
})
