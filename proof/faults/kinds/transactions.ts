import { randomUUID } from 'node:crypto'
import { encodeMarker } from '../../../coupon/log/log-record.ts'
import { grantsTopic } from '../../../coupon/log/topics.ts'
import { grantsPartitions } from '../stack-kafka.ts'
import { disturbanceKind, type FaultKind } from './fault-kind.ts'

const partitions = Array.from({ length: grantsPartitions }, (_, partition) => partition)

/** A foreign transaction is open for a while. Its commit or abort is an offset without a record. */
const kafkaTransaction = disturbanceKind(
  'kafka',
  'transaction',
  [300, 4_000],
  ({ stack: { kafka } }, [chance]) => {
    const producer = kafka.kafka.producer({
      transactionalId: `faults-${randomUUID()}`,
      idempotent: true,
      maxInFlightRequests: 1,
      transactionTimeout: 10_000,
    })
    let transaction: Awaited<ReturnType<typeof producer.transaction>> | undefined
    return {
      target: 'kafka-transaction',
      async strike() {
        try {
          await producer.connect()
          transaction = await producer.transaction()
          const messages = partitions.map((partition) => ({ partition, value: encodeMarker('foreign') }))
          await transaction.send({ topic: grantsTopic, messages })
          return true
        } catch {
          return transaction !== undefined
        }
      },
      async heal() {
        // After a kill of the broker it may be unknown there. What stays open is aborted by its timeout.
        await (chance < 0.5 ? transaction?.commit() : transaction?.abort())?.catch(() => undefined)
        await producer.disconnect().catch(() => undefined)
      },
    }
  },
)

/** Other clients that write into the log. */
export const transactionKinds: readonly FaultKind[] = [kafkaTransaction]
