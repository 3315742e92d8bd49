import type { z } from 'zod'
import type { FindLetter } from '../../coupon/dead-letters/find-letter.ts'
import { letterGroups } from '../../coupon/dead-letters/letter-groups.ts'
import type {
  LetterRedriver,
  LettersToRedrive,
  NotRedriven,
  RedrivePlan,
  RedriveResult,
} from '../../coupon/dead-letters/letter-redriver.ts'
import type { RecentLetters } from '../../coupon/dead-letters/recent-letters.ts'
import { type LogPosition, positionText, readPosition } from '../../coupon/log/dead-letter.ts'
import type { Operator } from '../../coupon/operator.ts'
import type { Logger } from '../../platform/log/logger.ts'
import { preferredLanguage } from '../../web/texts/language.ts'
import type { Authenticator } from '../authenticator.ts'
import { toLetterJson, toLetterListJson, toRedriveJson } from '../contract/dead-letter-answers.ts'
import {
  deadLetterListShape,
  deadLetterShape,
  letterGroupValue,
  redriveManyShape,
  redriveResultShape,
  redriveShape,
} from '../contract/dead-letter-shapes.ts'
import { fieldErrors } from '../contract/field-errors.ts'
import { withJson } from '../contract/json-body.ts'
import { pageQuery, readLimit } from '../contract/page.ts'
import { readParameter } from '../contract/query-parameter.ts'
import { jsonResponse, noStoreHeaders } from '../json-response.ts'
import { invalidProblem, prepareProblem, problem } from '../problem.ts'
import { type Handler, type HttpContext, headerOf, type Route } from '../route.ts'
import { type AddressOf, changeOriginOf } from './change-origin.ts'

/** What routes need of the dead letters. */
export type DeadLetterParts = { recent: RecentLetters; find: FindLetter; redriver: LetterRedriver }

export type DeadLetterOptions = {
  deadLetters: DeadLetterParts
  authenticator: Authenticator
  addressOf: AddressOf
  log: Pick<Logger, 'info'>
}

const path = '/v1/admin/dead-letters'

const unknownLetter = prepareProblem(
  'unknown-dead-letter',
  'No dead letter is here, or it is older than those that are looked at: npm run dlq -- show finds every one.',
)
const notAcknowledged = prepareProblem(
  'unavailable',
  'Kafka did not acknowledge it. The record may be in the log again; the letter is still open. Trying again is safe.',
)

const positionOf = ({ req }: HttpContext): LogPosition | undefined =>
  readPosition(`${req.param('partition')}:${req.param('offset')}`)

const redrivenBefore = ({ note }: Extract<NotRedriven, { kind: 'redriven-before' }>): Response =>
  problem(
    'already-redriven',
    `${positionText(note.letter)} was redriven before: its record is at ${positionText(note.to)} of the log.`,
  )

const toAnswer = (outcome: RedrivePlan | RedriveResult | NotRedriven): Response => {
  if (outcome.kind === 'unknown-letter') return unknownLetter()
  if (outcome.kind === 'redriven-before') return redrivenBefore(outcome)
  if (outcome.kind === 'redriven' && outcome.redriven.length === 0 && outcome.unknown.length > 0)
    return notAcknowledged()
  return jsonResponse(toRedriveJson(outcome), 200, noStoreHeaders)
}

/** The routes by which operators read dead letters, and redrive them. */
export const deadLetterRoutes = (options: DeadLetterOptions): Route[] => {
  const { authenticator, addressOf, log } = options
  const inLanguage = (context: HttpContext) => {
    const language = preferredLanguage(headerOf(context, 'accept-language'))
    const headers = { ...noStoreHeaders, 'Content-Language': language, Vary: 'Accept-Language' }
    return { language, headers }
  }

  const list: Handler = async (context) => {
    const limit = readLimit(context)
    const reason = letterGroupValue.optional().safeParse(readParameter(context, 'reason'))
    if (typeof limit !== 'number' || !reason.success)
      return invalidProblem([
        ...(typeof limit === 'number' ? [] : [limit]),
        ...(reason.success
          ? []
          : [{ pointer: '/reason', message: `expected one of ${letterGroups.join(', ')}` }]),
      ])
    const { language, headers } = inLanguage(context)
    const letters = await options.deadLetters.recent.read()
    return jsonResponse(toLetterListJson(letters, { reason: reason.data, limit }, language), 200, headers)
  }

  const read: Handler = async (context) => {
    const position = positionOf(context)
    const found = position && (await options.deadLetters.find(position))
    if (found === undefined) return unknownLetter()
    const { language, headers } = inLanguage(context)
    return jsonResponse(toLetterJson(found.letter, found.redriven, language), 200, headers)
  }

  /** Who redrove what, and why: the topic has it too, in the notes. */
  const logRedrive = (
    which: LettersToRedrive,
    origin: { by: string; from: string; why: string },
    outcome: RedriveResult | NotRedriven,
  ): void => {
    const counts =
      outcome.kind === 'redriven'
        ? { redriven: outcome.redriven.length, unknown: outcome.unknown.length, left: outcome.left }
        : { refused: outcome.kind }
    const what = 'position' in which ? { letter: positionText(which.position) } : { only: which.group }
    log.info({ ...origin, ...what, ...counts }, 'an operator redrove dead letters')
  }

  const redriving = <Shape extends z.ZodType<{ dryRun: boolean; reason?: string | undefined }>>(
    shape: Shape,
    whichOf: (context: HttpContext, body: z.output<Shape>) => LettersToRedrive | undefined,
  ): Handler =>
    authenticator.requireRole(
      'operator',
      withJson(async (context, document, operator: Operator) => {
        const { redriver } = options.deadLetters
        const parsed = shape.safeParse(document)
        if (!parsed.success) return invalidProblem(fieldErrors(parsed.error.issues))
        const which = whichOf(context, parsed.data)
        if (which === undefined) return unknownLetter()
        const { dryRun, reason: why = '' } = parsed.data
        if (dryRun) return toAnswer(await redriver.plan(which))
        const origin = { ...changeOriginOf(context, operator, addressOf), why }
        const outcome = await redriver.redrive(which, origin)
        logRedrive(which, origin, outcome)
        return toAnswer(outcome)
      }),
    )

  // Not the lane of public reads: shoppers do not wait behind those who look at the topic.
  const lane = 'ledger'
  const redriven = {
    200: { description: 'What was done, or would be.', schema: redriveResultShape },
  } as const

  return [
    {
      ...{ method: 'GET', path, lane, caller: 'viewer' },
      operation: {
        id: 'listDeadLetters',
        summary: 'The open dead letters: how many for each reason, and the newest',
        description:
          'Of the newest 10,000 records of the topic, read once for all who ask within some seconds. `npm run dlq -- list` has all.',
        query: {
          reason: letterGroupValue.optional().describe('Only letters of this reason.'),
          limit: pageQuery.limit,
        },
        answers: { 200: { description: 'The letters.', schema: deadLetterListShape } },
        problems: ['unavailable'],
      },
      handle: authenticator.requireRole('viewer', list),
    },
    {
      ...{ method: 'GET', path: `${path}/:partition/:offset`, lane, caller: 'viewer' },
      operation: {
        id: 'readDeadLetter',
        summary: 'One dead letter, open or redriven, with its record and what to do',
        answers: { 200: { description: 'The letter.', schema: deadLetterShape } },
        problems: ['unknown-dead-letter', 'unavailable'],
      },
      handle: authenticator.requireRole('viewer', read),
    },
    {
      ...{ method: 'POST', path: `${path}/:partition/:offset/redrive`, lane, caller: 'operator' },
      operation: {
        id: 'redriveDeadLetter',
        summary: 'Append the record of one dead letter to the log again',
        description: 'Repeated after a lost answer it is 409 `already-redriven`.',
        body: redriveShape,
        answers: redriven,
        problems: ['unknown-dead-letter', 'already-redriven', 'unavailable'],
      },
      handle: redriving(redriveShape, (context) => {
        const position = positionOf(context)
        return position && { position }
      }),
    },
    {
      ...{ method: 'POST', path: '/v1/admin/dead-letter-redrives', lane, caller: 'operator' },
      operation: {
        id: 'redriveDeadLetters',
        summary: 'Append the records of all open dead letters to the log again, or those of a reason',
        description: 'The oldest first, at most 1,000. `left` says how many more there are: ask again.',
        body: redriveManyShape,
        answers: redriven,
        problems: ['unavailable'],
      },
      handle: redriving(redriveManyShape, (_, { onlyReason }) => ({ group: onlyReason })),
    },
  ]
}
