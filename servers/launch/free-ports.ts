import { findFreePort } from '../ports.ts'
import { findFreeServerPorts } from '../start-servers.ts'
import type { LaunchConfiguration } from './launch-configuration.ts'

/** The same, but on ports that are free at this moment: beside another system it disturbs nothing. */
export const onFreePorts = async (configuration: LaunchConfiguration): Promise<LaunchConfiguration> => ({
  ...configuration,
  apiPort: await findFreePort(),
  workerPort: await findFreePort(),
  apiMetricsPort: await findFreePort(),
  workerMetricsPort: await findFreePort(),
  serverPorts: await findFreeServerPorts(),
})
