import { insertBefore, swap } from '../changes.ts'
import type { Edit } from '../safeguard.ts'

/**
 * Takes a check out of `live_gate` in order.lua for one script, which calls it with a field in ARGV that no other
 * script has. The marker of the check stands in order.lua, the one of the call in the script.
 */
export const skippedByCall = (condition: string): Edit[] => [
  { change: swap(`if ${condition}`, `if not ARGV.skip and ${condition}`) },
  { part: 'call', change: insertBefore('ARGV.skip = true') },
]
