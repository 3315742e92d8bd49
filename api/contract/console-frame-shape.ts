import { z } from 'zod'
import { stockMax } from '../../coupon/grant.ts'
import { named } from './named-schema.ts'
import { counter, idValue, timeValue } from './shared-shapes.ts'

const amount = () => z.int().min(0).max(Number.MAX_SAFE_INTEGER)
const coupons = () => z.int().min(0).max(stockMax).nullable()

const consoleCampaignShape = named(
  'ConsoleCampaign',
  z.object({
    id: idValue('A live campaign.'),
    name: z.string().max(200),
    state: z
      .enum(['scheduled', 'open', 'paused', 'sold-out', 'closed', 'recovering', 'silent'])
      .describe('`silent`: its gate did not answer.'),
    version: counter(),
    epoch: counter(),
    stock: coupons(),
    granted: coupons(),
    outbox: amount().nullable().describe('Grants that the log has not confirmed.'),
    outboxOldestMs: amount().nullable().describe('The age of the oldest of them.'),
    recorded: coupons().describe('Its rows in the ledger.'),
    holds: z
      .boolean()
      .nullable()
      .describe(
        'Whether granted = recorded + in flight, in flight being the outbox and what the ledger has not read of the log.',
      ),
    oversold: coupons().describe('Rows beyond the stock.'),
  }),
)

/** The data of one event of the console. What could not be read is null. */
export const consoleFrameShape = named(
  'ConsoleFrame',
  z
    .object({
      serverTime: timeValue('When the frame was made, by the clock of the gate.'),
      ageMs: z
        .object({ gates: amount(), log: amount().nullable(), ledger: amount().nullable() })
        .describe('How old its figures were when it was made.'),
      campaigns: z.array(consoleCampaignShape).max(20).describe('The most active ones first.'),
      otherCampaigns: amount().describe('Live campaigns that are not shown.'),
      lag: z
        .object({ records: amount(), ms: amount() })
        .nullable()
        .describe('Records of the log that are not in the ledger, and the age of the oldest, to the second.'),
      oldestUnrecordedMs: amount().nullable().describe('The age of the oldest grant without a row.'),
      deadLetters: amount().nullable().describe('Records among the dead letters.'),
      process: z.object({
        id: z.string().max(64).describe('The process that made the frame: its counts start at 0 with it.'),
        outcomes: z.record(z.string(), amount()).describe('Issues by outcome so far.'),
        issueDurations: z
          .array(z.object({ le: z.string().max(16), count: amount() }))
          .max(32)
          .describe('Presses by seconds, as in a Prometheus histogram: each bucket holds those below it.'),
        queue: amount().describe('Issues that wait.'),
        publishQueue: amount().describe('Outbox entries that wait for the log.'),
        isPublisherOpen: z.boolean().describe('Whether the circuit breaker of the log is open.'),
      }),
    })
    .describe(
      'The `data` of each event of the stream, whose type is `console`. What could not be read is null.',
    ),
)
