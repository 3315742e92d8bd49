import { insertBefore, swap } from '../changes.ts'
import type { Edit } from '../safeguard.ts'

/**
 * Takes a check of `live_gate`, which all gate scripts share, out of one script alone.
 * The part `call` is that script's call: it sets a field of ARGV that the check then reads.
 */
export const skippedByCall = (condition: string): Edit[] => [
  { change: swap(`if ${condition}`, `if not ARGV.skip and ${condition}`) },
  { part: 'call', change: insertBefore('ARGV.skip = true') },
]
