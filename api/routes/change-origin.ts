import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import type { CreationOrigin } from '../../coupon/ledger/record-change.ts'
import type { Operator } from '../../coupon/operator.ts'
import type { HttpContext } from '../route.ts'

/** The address that a request counts for. */
export type AddressOf = (request: IncomingMessage) => string | undefined

/** Who asks for a change, and from where, as it is recorded. */
export const changeOriginOf = (
  context: HttpContext,
  { name }: Pick<Operator, 'name'>,
  addressOf: AddressOf,
): CreationOrigin => {
  // A zone is any text, also of a thousand characters, and says nothing elsewhere.
  const [address = ''] = (addressOf(context.env.incoming) ?? '').split('%')
  return { by: name, from: isIP(address) === 0 ? 'unknown' : address }
}
