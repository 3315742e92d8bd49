import { z } from 'zod'
import { stockMax } from '../../coupon/grant.ts'
import { processSampleShape } from '../../coupon/process/process-sample.ts'
import { activeCampaignsMax } from '../events/console-campaigns.ts'
import { processesMax } from '../events/console-processes.ts'
import { lagStates } from '../events/lag-state.ts'
import { saleEventsMax } from '../events/sale-events.ts'
import { watchedCampaignsMax } from '../events/watched-campaigns.ts'
import { named } from './named-schema.ts'
import { saleEventShape } from './sale-event-shape.ts'
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

const consoleProcessShape = named(
  'ConsoleProcess',
  processSampleShape.extend({
    sampledAt: timeValue('When it said this, by the clock of the gate. It says it anew once a second.'),
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
      campaigns: z
        .array(consoleCampaignShape)
        .max(activeCampaignsMax + watchedCampaignsMax)
        .describe('The most active ones first, then the others that consoles of this process watch.'),
      otherCampaigns: amount().describe('Live campaigns that are not shown.'),
      watched: z
        .array(idValue('A campaign that a console watches.'))
        .max(watchedCampaignsMax)
        .describe(
          'Campaigns that are shown because a console watches them. One that is not live is not shown.',
        ),
      otherWatched: amount().describe('Campaigns that consoles watch and for which there was no room.'),
      events: z
        .array(saleEventShape)
        .max(saleEventsMax)
        .nullable()
        .describe('What happened last in these campaigns, newest first.'),
      lag: z
        .object({
          records: amount(),
          ms: amount(),
          state: z
            .enum(lagStates)
            .nullable()
            .describe(
              'By the rules of Burrow, over 30 s. `warn`: the ledger falls behind. `stop`: no worker lives. `stall`: one lives, and nothing is recorded. `rewind`: the ledger went back. Null: not watched for long enough.',
            ),
        })
        .nullable()
        .describe('Records of the log that are not in the ledger, and the age of the oldest, to the second.'),
      oldestUnrecordedMs: amount().nullable().describe('The age of the oldest grant without a row.'),
      deadLetters: amount().nullable().describe('Records among the dead letters.'),
      processId: z.string().max(64).describe('The `id` of the process that made the frame.'),
      processes: z
        .array(consoleProcessShape)
        .max(processesMax)
        .describe('API and worker processes; the one that made the frame comes first.'),
      otherProcesses: amount()
        .nullable()
        .describe('Processes that are not shown. Null: Redis did not tell, and one process is shown.'),
    })
    .describe(
      'The `data` of each event of the stream, whose type is `console`. What could not be read is null.',
    ),
)
