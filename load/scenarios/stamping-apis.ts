import type { FairnessDependencies } from './fairness.ts'
import { startOwnApi, withOwnApis } from './own-api.ts'

/** API processes that say when a press arrived, with the settings of `environment`, and their clock. */
export const stampingApis = (
  environment: NodeJS.ProcessEnv,
): Pick<FairnessDependencies, 'withStampingApis' | 'monotonicNs'> => ({
  monotonicNs: process.hrtime.bigint,
  withStampingApis: ({ processes, settings }, work) =>
    withOwnApis(
      processes,
      () => startOwnApi(environment, { ...settings, ARRIVAL_STAMPS: 'true' }),
      (apis) => work(apis.map((api) => api.url)),
    ),
})
