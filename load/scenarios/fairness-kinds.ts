import type { ArrivalStamp } from '../../platform/http/arrival-stamp.ts'

/** A burst whose ranks are compared with the order of arrival. */
export type FairnessKind = {
  name: string
  /** API processes that share its campaign. */
  processes: number
  /** Their settings, beside those of the environment. */
  settings: Record<string, string>
  /** The press of a shopper as it is sent. */
  pressOf(press: Buffer, shopper: number): Buffer
  /** Which presses keep their order: those with the same text. */
  orderOf(shopper: number, stamp: ArrivalStamp): string
  /** How many of such texts there are. */
  orders: number
}

const overProcesses = (name: string, processes: number): FairnessKind => ({
  ...{ name, processes, settings: {}, orders: processes },
  pressOf: (press) => press,
  orderOf: (_, { processId }) => `process ${processId}`,
})

const isInCrowd = (shopper: number): boolean => shopper % 2 === 0

/** One that belongs to a documentation, and one of a private network for each number below 2^24. */
const addressOf = (shopper: number): string =>
  isInCrowd(shopper) ? '203.0.113.7' : `10.${shopper >> 16}.${(shopper >> 8) & 255}.${shopper & 255}`

const forwardedFor = (press: Buffer, address: string): Buffer =>
  // Before the empty line that ends the head.
  Buffer.concat([press.subarray(0, -2), Buffer.from(`x-forwarded-for: ${address}\r\n\r\n`, 'latin1')])

/** Every other shopper comes from one address, as the customers of a mobile network do. */
const overAddresses: FairnessKind = {
  name: 'a shared address',
  processes: 1,
  settings: { TRUSTED_PROXIES: '1' },
  pressOf: (press, shopper) => forwardedFor(press, addressOf(shopper)),
  orderOf: (shopper) => (isInCrowd(shopper) ? 'the shared one' : 'an own one each'),
  orders: 2,
}

/** Every kind of burst, in the order in which they are run. */
export const fairnessKinds: readonly FairnessKind[] = [
  overProcesses('one process', 1),
  overProcesses('two processes', 2),
  overAddresses,
]
