import type { Producer } from '../../platform/kafka/producer.ts'
import type { ArmingGate } from '../gate/arming-gate.ts'
import { encodeGrant } from './log-record.ts'
import { grantsTopic } from './topics.ts'

const entriesInOneReadMax = 12

/**
 * Appends what survived in the outbox of a stopped gate: the owners of these grants were answered "pending",
 * and win after all. Rejects `unavailable`. Running it again appends duplicates: the ledger stores each
 * grant once.
 */
export const relaySurvivors = async (
  gate: Pick<ArmingGate, 'survivors'>,
  producer: Producer,
  campaignId: string,
  epoch: number,
): Promise<void> => {
  let fromNumber = 0
  for (;;) {
    const entries = await gate.survivors(campaignId, epoch, fromNumber, entriesInOneReadMax)
    const last = entries.at(-1)
    if (last === undefined) return
    const records = entries.flatMap(({ grants }) => grants.map((grant) => ({ value: encodeGrant(grant) })))
    await producer.append(grantsTopic, 0, records)
    fromNumber = last.number + 1
  }
}
