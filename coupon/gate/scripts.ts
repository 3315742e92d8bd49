import { readFileSync } from 'node:fs'
import { createScript, type Script } from '../../platform/redis.ts'

const read = (name: string): string => readFileSync(new URL(`${name}.lua`, import.meta.url), 'utf8')
const order = read('order')

const frozen = read('frozen')
/** The scripts that write settings. */
const writesSettings = new Set(['apply', 'flip'])

const sourceOf = (name: string): string =>
  [order, ...(writesSettings.has(name) ? [frozen] : []), read(name)].join('\n')

/**
 * A gate script, preceded by order.lua. With `#!lua` and no flags, a cut-off master (NOREPLICAS) or a full
 * one (OOM) refuses the whole script and not only its writes.
 */
const gateScript = (name: string): Script =>
  // safeguard: gate scripts have no flags
  createScript(name, `#!lua\n${sourceOf(name)}`)

/**
 * A gate script that a full Redis runs too: it reads, or frees memory, or writes a few bytes that expire. A
 * cut-off master refuses it all the same.
 */
const gateScriptWhenFull = (name: string): Script =>
  // safeguard: a full Redis runs the scripts that free memory
  createScript(name, `#!lua flags=allow-oom\n${sourceOf(name)}`)

export const decideScript = gateScript('decide')
export const confirmScript = gateScriptWhenFull('confirm')
export const lookScript = gateScriptWhenFull('look')
export const viewScript = gateScriptWhenFull('view')
export const stopScript = gateScriptWhenFull('stop')
export const fillScript = gateScript('fill')
export const applyScript = gateScriptWhenFull('apply')
export const haltScript = gateScriptWhenFull('halt')
export const liftScript = gateScriptWhenFull('lift')
export const inspectScript = gateScriptWhenFull('inspect')
export const flipScript = gateScript('flip')
export const registerScript = gateScript('register')
export const retireScript = gateScriptWhenFull('retire')
export const listScript = gateScriptWhenFull('list')
export const unrecordedScript = gateScriptWhenFull('unrecorded')
export const claimNotesScript = gateScriptWhenFull('claim-notes')
export const completeNotesScript = gateScriptWhenFull('complete-notes')
export const removeNotesScript = gateScriptWhenFull('remove-notes')
export const surveyScript = gateScriptWhenFull('survey')
export const roomScript = gateScript('room')
export const publishSampleScript = gateScriptWhenFull('publish-sample')
export const readSamplesScript = gateScriptWhenFull('read-samples')
