import { parseArgs } from 'node:util'
import { userIdPattern } from '../coupon/grant.ts'
import { Failure, messageOf } from '../platform/failure.ts'

/** Whose token, and for how long. */
export type TokenArguments = { userId: string; lifetimeSeconds: number }

const lifetimeSecondsDefault = 86_400
const lifetimeSecondsMax = 31_536_000

/** What the command accepts. */
export const usage = [
  'npm run token -- --user ID [--lifetime SECONDS]',
  '',
  '  --user ID           whose token: 1 to 64 of A-Z a-z 0-9 . _ ~ @ | : + -',
  `  --lifetime SECONDS  1 to ${lifetimeSecondsMax}, ${lifetimeSecondsDefault} when left out`,
].join('\n')

const flags = {
  user: { type: 'string' },
  lifetime: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

const refused = (faults: readonly string[]): Failure =>
  new Failure('refused', `${faults.join('\n')}\n\n${usage}`, { retryable: false })

const readFlags = (words: string[]) => {
  try {
    return parseArgs({ args: words, options: flags }).values
  } catch (cause) {
    // parseArgs says which flag it does not know, or what is missing behind it.
    throw refused([messageOf(cause)])
  }
}

/** Reads the words behind `npm run token --`. Throws `refused` with every fault at once, and with what is accepted. */
export const parseArguments = (words: string[]): TokenArguments | 'help' => {
  const { user = '', lifetime = String(lifetimeSecondsDefault), help } = readFlags(words)
  if (help) return 'help'
  const faults: string[] = []
  if (!userIdPattern.test(user))
    faults.push(`--user: expected 1 to 64 of A-Z a-z 0-9 . _ ~ @ | : + -, not ${user || 'nothing'}`)
  const lifetimeSeconds = /^\d+$/.test(lifetime) ? Number(lifetime) : 0
  if (lifetimeSeconds < 1 || lifetimeSeconds > lifetimeSecondsMax)
    faults.push(`--lifetime: expected 1 to ${lifetimeSecondsMax} seconds, not ${lifetime || 'nothing'}`)
  if (faults.length > 0) throw refused(faults)
  return { userId: user, lifetimeSeconds }
}
