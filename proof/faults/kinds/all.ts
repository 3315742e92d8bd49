import { clientKinds } from './bad-clients.ts'
import { changeKinds } from './changes.ts'
import { clockKinds } from './clocks.ts'
import { coordinatorKinds } from './coordinator.ts'
import type { FaultKind } from './fault-kind.ts'
import { linkKinds, serverLinkKinds } from './links.ts'
import { processKinds } from './processes.ts'
import { redisKinds } from './redis.ts'
import { refusalKinds } from './refusals.ts'
import { transactionKinds } from './transactions.ts'
import { upgradeKinds } from './upgrades.ts'

/** Every kind of fault, ordered by part. */
export const faultKinds: readonly FaultKind[] = [
  ...processKinds,
  ...coordinatorKinds,
  ...redisKinds,
  ...serverLinkKinds,
  ...refusalKinds,
  ...transactionKinds,
  ...clockKinds,
  ...clientKinds,
  ...changeKinds,
  ...upgradeKinds,
  ...linkKinds,
].toSorted((left, right) => left.part.localeCompare(right.part))
