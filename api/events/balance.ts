/** What a frame knows of a campaign. Null: it could not be read. */
export type BalanceReading = { granted: number | null; outbox: number | null; recorded: number | null }

/**
 * Whether granted = recorded + in flight. In flight is what the outbox had when the gate was read, and what
 * the log has that the ledger has not reached. Gates are read first and rows last. So every grant that the
 * gate told of is in one of the three. And rows are not more than the next reading of the gate tells.
 * Null: an operand is not known.
 */
export const holdsBalance = (
  { granted, outbox, recorded }: BalanceReading,
  recordedBefore: number | null,
  recordsBehind: number | null,
): boolean | null => {
  if (granted === null || outbox === null || recorded === null || recordsBehind === null) return null
  if (granted - recorded > outbox + recordsBehind) return false
  return recordedBefore === null || recordedBefore <= granted
}
