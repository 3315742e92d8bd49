import { defineCommandGroup } from '../platform/command.ts'
import { burstCommand } from './commands/burst-command.ts'
import { coldBurstCommand } from './commands/cold-burst-command.ts'
import { fairnessCommand } from './commands/fairness-command.ts'
import { freshProcessCommand } from './commands/fresh-process-command.ts'
import { growthCommand } from './commands/growth-command.ts'
import { hostileCommand } from './commands/hostile-command.ts'
import { lifeCommand } from './commands/life-command.ts'
import { listenersCommand } from './commands/listeners-command.ts'
import { manyCampaignsCommand } from './commands/many-campaigns-command.ts'
import { masherCommand } from './commands/masher-command.ts'
import { otherDesignsCommand } from './commands/other-designs-command.ts'
import { drainCommand, outageCommand } from './commands/outage-command.ts'
import { overloadCommand } from './commands/overload-command.ts'
import { refusalsCommand } from './commands/refusals-command.ts'
import { soldOutCommand } from './commands/sold-out-command.ts'
import { steadyCommand } from './commands/steady-command.ts'
import { walletCommand } from './commands/wallet-command.ts'

/** Loads a running system, and judges it by its answers and its rows. */
export const loadCommand = defineCommandGroup({
  burst: burstCommand,
  steady: steadyCommand,
  overload: overloadCommand,
  refusals: refusalsCommand,
  'many-campaigns': manyCampaignsCommand,
  hostile: hostileCommand,
  listeners: listenersCommand,
  growth: growthCommand,
  'fresh-process': freshProcessCommand,
  outage: outageCommand,
  life: lifeCommand,
  drain: drainCommand,
  'other-designs': otherDesignsCommand,
  'cold-burst': coldBurstCommand,
  masher: masherCommand,
  'sold-out': soldOutCommand,
  wallet: walletCommand,
  fairness: fairnessCommand,
})
