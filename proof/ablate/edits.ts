import { Failure } from '../../platform/failure.ts'
import type { Edit } from './safeguard.ts'

const occurrencesOf = (text: string, part: string): number => text.split(part).length - 1

// Undefined when the edit can be made and changes something.
const faultOf = (text: string, { file, find, replace }: Edit): string | undefined => {
  const first = find.trim().split('\n')[0] ?? ''
  const count = find === '' ? 0 : occurrencesOf(text, find)
  if (count !== 1) return `${file} has ${count === 0 ? 'nowhere' : `${count} times`}: ${first}`
  return find === replace ? `${file}: the edit changes nothing: ${first}` : undefined
}

/** The text with the edit made. Throws `refused` for an edit that does not fit: the code has moved on. */
export const applyEdit = (text: string, edit: Edit): string => {
  const fault = faultOf(text, edit)
  if (fault !== undefined) throw new Failure('refused', fault)
  return text.split(edit.find).join(edit.replace)
}
