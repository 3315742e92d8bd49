import { defineCommandGroup } from '../platform/command.ts'
import { burstCommand } from './commands/burst-command.ts'
import { hostileCommand } from './commands/hostile-command.ts'
import { manyCampaignsCommand } from './commands/many-campaigns-command.ts'
import { overloadCommand } from './commands/overload-command.ts'
import { refusalsCommand } from './commands/refusals-command.ts'
import { steadyCommand } from './commands/steady-command.ts'

/** Loads a running system, and judges it by its answers and its rows. */
export const loadCommand = defineCommandGroup({
  burst: burstCommand,
  steady: steadyCommand,
  overload: overloadCommand,
  refusals: refusalsCommand,
  'many-campaigns': manyCampaignsCommand,
  hostile: hostileCommand,
})
