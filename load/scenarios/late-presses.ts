/** Who presses once a campaign is sold out. Shoppers below `winners` hold a coupon, the others came late. */
export type LatePresses = {
  /** The shopper of each press: every winner once and every other shopper once, winners evenly spread. */
  shopperOf(press: number): number
  isWinner(shopper: number): boolean
}

/** `presses` presses, as many as there are shoppers. */
export const createLatePresses = (winners: number, presses: number): LatePresses => {
  /** Winners who press before this press. */
  const winnersBefore = (press: number): number => Math.floor((press * winners) / presses)
  return {
    shopperOf(press) {
      const before = winnersBefore(press)
      return winnersBefore(press + 1) > before ? before : winners + press - before
    },
    isWinner: (shopper) => shopper < winners,
  }
}
