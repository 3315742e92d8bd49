import { ApiError } from '../../../client/operator-client.ts'
import { formTexts } from '../../texts/form-texts.ts'
import type { Wording } from '../../texts/language.ts'
import { fieldAt } from './campaign-edit.ts'
import type { FieldName } from './campaign-form.ts'
import { tell } from './words.ts'

/** What is said beside a field that is frozen. */
const frozenText = (field: FieldName): string => {
  const texts: Readonly<Record<string, Wording>> = formTexts.frozen
  return tell(texts[field] ?? formTexts.frozen.other)
}

/**
 * What a refusal of the API says about fields, by the field. Undefined for one that is about none of them:
 * that has to be said as a whole.
 */
export const faultsOf = (cause: unknown): Map<FieldName, string> | undefined => {
  if (!(cause instanceof ApiError) || !['invalid', 'frozen'].includes(cause.code)) return undefined
  const faults = new Map<FieldName, string>()
  for (const { pointer, message } of cause.problem?.errors ?? []) {
    const field = fieldAt(pointer)
    if (field === undefined) return undefined
    faults.set(field, cause.code === 'frozen' ? frozenText(field) : message)
  }
  return faults.size === 0 ? undefined : faults
}
