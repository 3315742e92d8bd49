/** Requests for each press: the press itself and four lists. */
export const requestsPerPress = 5

/** Who sends a request, and what for. */
export type WalletRequest = { kind: 'press' | 'list'; shopper: number }

/**
 * The request numbered from 0 of `shoppers` shoppers, each of whom presses once and lists four times. Between
 * a press and each next list of its shopper lie `apart` presses, so that most lists come after the answer. At
 * the start shoppers look who have not pressed yet.
 */
export const walletRequest = (
  number: number,
  { shoppers, apart }: { shoppers: number; apart: number },
): WalletRequest => {
  const [presser, place] = [Math.floor(number / requestsPerPress), number % requestsPerPress]
  if (place === 0) return { kind: 'press', shopper: presser }
  const behind = (place * apart) % shoppers
  return { kind: 'list', shopper: (presser - behind + shoppers) % shoppers }
}
