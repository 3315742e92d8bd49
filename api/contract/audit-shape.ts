import { z } from 'zod'
import { named } from './named-schema.ts'
import { idValue, sentence } from './shared-shapes.ts'

const amount = () => z.int().min(0).max(Number.MAX_SAFE_INTEGER)
const verdict = z
  .enum(['pass', 'fail', 'in-flight'])
  .describe('`in-flight`: what decides it has not arrived yet, which is no loss.')

const checkShape = named(
  'AuditCheck',
  z.object({
    promise: z.string().max(64).describe('The promise that was checked, by its name in docs/audit.md.'),
    fault: z.string().max(64).optional().describe('The fault that was looked for.'),
    verdict,
    count: amount().describe('How many break it, or have not arrived.'),
    looked: amount().describe('How many were looked at.'),
    examples: z.array(sentence()).max(10),
    how: sentence().describe('What was compared with what.'),
  }),
)

/** The result of an audit. */
export const auditShape = named(
  'Audit',
  z.object({
    campaignId: idValue('The campaign that was audited.'),
    verdict,
    checks: z.array(checkShape).max(100),
    books: z
      .object({
        rows: amount(),
        records: amount(),
        winners: amount(),
        pending: amount(),
        answers: amount(),
        late: amount().describe('Grants that were left out because they are too young.'),
      })
      .describe('How much of each source was compared.'),
    notes: z.array(sentence()).max(100).describe('What limits the verdict.'),
  }),
)
