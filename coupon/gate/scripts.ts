import { readFileSync } from 'node:fs'
import { createScript, type Script } from '../../platform/redis.ts'

const order = readFileSync(new URL('order.lua', import.meta.url), 'utf8')

/**
 * A gate script, preceded by order.lua. With `#!lua` and no flags, a cut-off master (NOREPLICAS) or a full
 * one (OOM) refuses the whole script and not only its writes.
 */
const gateScript = (name: string): Script =>
  // safeguard: gate scripts have no flags
  createScript(name, `#!lua\n${order}\n${readFileSync(new URL(`${name}.lua`, import.meta.url), 'utf8')}`)

export const decideScript = gateScript('decide')
export const confirmScript = gateScript('confirm')
export const lookScript = gateScript('look')
export const viewScript = gateScript('view')
export const stopScript = gateScript('stop')
export const fillScript = gateScript('fill')
export const applyScript = gateScript('apply')
export const inspectScript = gateScript('inspect')
export const flipScript = gateScript('flip')
export const registerScript = gateScript('register')
export const retireScript = gateScript('retire')
export const listScript = gateScript('list')
export const surveyScript = gateScript('survey')
