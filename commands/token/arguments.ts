import { userIdPattern } from '../../coupon/grant.ts'
import { helpFlag, rangeOf, readArguments } from '../../platform/command.ts'

/** Whose token, and for how long. */
export type TokenArguments = { userId: string; lifetimeSeconds: number }

const lifetimeSeconds = { default: 86_400, min: 1, max: 31_536_000, unit: 'seconds' }
const userIdForm = '1 to 64 of A-Z a-z 0-9 . _ ~ @ | : + -'

/** What the command accepts. */
export const usage = [
  'npm run token -- --user ID [--lifetime SECONDS]',
  '',
  `  --user ID           whose token: ${userIdForm}`,
  `  --lifetime SECONDS  ${rangeOf(lifetimeSeconds)}, ${lifetimeSeconds.default} when left out`,
].join('\n')

const flags = { user: { type: 'string' }, lifetime: { type: 'string' }, ...helpFlag } as const

/** Reads the words behind `npm run token --`. Throws `refused` with every fault at once, and with what is accepted. */
export const parseArguments = (words: readonly string[]): TokenArguments | 'help' => {
  const { values, positionals, expected, number, refuseFaults } = readArguments(words, { flags, usage })
  if (values.help) return 'help'
  const { user = '' } = values
  if (positionals.length > 0) expected('expected no words beside the flags', positionals.join(' '))
  if (!userIdPattern.test(user)) expected(`--user: expected ${userIdForm}`, user)
  const asked = { userId: user, lifetimeSeconds: number('lifetime', values.lifetime, lifetimeSeconds) }
  refuseFaults()
  return asked
}
