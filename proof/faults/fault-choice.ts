/**
 * True when one of the words names this fault by its part (`redis`), its action (`kill`) or in full
 * (`redis-kill`).
 */
export const isChosen = (kind: string, only: readonly string[]): boolean =>
  only.length === 0 ||
  only.some((word) => kind === word || kind.startsWith(`${word}-`) || kind.endsWith(`-${word}`))

/** The words of `--only` that name no fault. */
export const unknownWords = (kinds: readonly string[], only: readonly string[]): string[] =>
  only.filter((word) => !kinds.some((kind) => isChosen(kind, [word])))

/** All faults for `--help`, one line for each part. */
export const faultLines = (kinds: readonly string[]): string[] =>
  [...Map.groupBy(kinds, (kind) => kind.split('-')[0] ?? kind)].map(
    ([part, ofPart]) => `  ${part.padEnd(7)} ${ofPart.join(' ')}`,
  )
