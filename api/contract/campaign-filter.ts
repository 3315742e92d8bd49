import { z } from 'zod'
import { type SearchableState, searchableStates } from '../../coupon/ledger/search-campaigns.ts'
import type { FieldError } from '../problem.ts'
import type { HttpContext } from '../route.ts'
import { label } from './label.ts'
import { readParameter } from './query-parameter.ts'

/** Which campaigns a list is of. */
export type CampaignFilter = { state: SearchableState | undefined; text: string | undefined }

const stateShape = z.enum(searchableStates)
const textShape = label()

/** The parameters of a list of campaigns, beside those of every list. */
export const campaignFilterQuery = {
  state: stateShape.optional().describe('By settings and clock: `open` has campaigns that are sold out too.'),
  text: textShape.optional().describe('A part of the name, in any case.'),
}

/** Reads `state` and `text` of the query, or returns what is invalid. */
export const readCampaignFilter = (context: HttpContext): CampaignFilter | FieldError[] => {
  const state = stateShape.optional().safeParse(readParameter(context, 'state'))
  const text = textShape.optional().safeParse(readParameter(context, 'text'))
  if (state.success && text.success) return { state: state.data, text: text.data }
  const expected = `expected one of ${searchableStates.join(', ')}: the gate alone knows the others`
  return [
    ...(state.success ? [] : [{ pointer: '/state', message: expected }]),
    ...(text.success ? [] : [{ pointer: '/text', message: 'expected 1 to 200 characters, not only spaces' }]),
  ]
}
