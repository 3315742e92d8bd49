import type { Safeguard } from '../safeguard.ts'
import { answering } from './answering.ts'
import { arming } from './arming.ts'
import { badClients } from './bad-clients.ts'
import { clocks } from './clocks.ts'
import { confirmChecks } from './confirm-checks.ts'
import { confirming } from './confirming.ts'
import { deciding } from './deciding.ts'
import { oneDeployment } from './deployment.ts'
import { fencing } from './fencing.ts'
import { flipping } from './flipping.ts'
import { halting } from './halting.ts'
import { keeping } from './keeping.ts'
import { ledgerKeys } from './ledger-keys.ts'
import { logGaps } from './log-gaps.ts'
import { reading } from './reading.ts'
import { rebuilding } from './rebuilding.ts'
import { recording } from './recording.ts'
import { redeeming } from './redeeming.ts'
import { rehearsing } from './rehearsing.ts'
import { serverLimits } from './server-limits.ts'
import { versions } from './versions.ts'

/** Every safeguard, in the order in which a coupon meets them. */
export const allSafeguards: readonly Safeguard[] = [
  ...deciding,
  ...fencing,
  ...answering,
  ...badClients,
  ...confirming,
  ...confirmChecks,
  ...recording,
  ...logGaps,
  ...ledgerKeys,
  ...arming,
  ...rebuilding,
  ...oneDeployment,
  ...flipping,
  ...keeping,
  ...reading,
  ...redeeming,
  ...clocks,
  ...versions,
  ...halting,
  ...rehearsing,
  ...serverLimits,
]
