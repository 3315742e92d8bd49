/** How long producers may use an older count: partitions that were added get no grants until then. */
export const partitionCountMaxAgeMs = 10_000

export type PartitionCountOptions = {
  /** The count as the brokers name it now. */
  read(): Promise<number>
  monotonicMs(): number
}

/**
 * The number of partitions that grants are spread over. Only the first call waits for the brokers; later ones
 * get the known count, and an old one is read again beside them. While that fails the known count stays.
 */
export const createPartitionCount = ({
  read,
  monotonicMs,
}: PartitionCountOptions): (() => Promise<number>) => {
  let known: Promise<number> | undefined
  let readAtMs = 0

  const refresh = (): Promise<number> => {
    readAtMs = monotonicMs()
    const reading = read()
    reading.then(
      () => {
        known = reading
      },
      () => undefined,
    )
    return reading
  }

  return () => {
    if (known === undefined) return refresh()
    if (monotonicMs() - readAtMs >= partitionCountMaxAgeMs) void refresh().catch(() => undefined)
    return known
  }
}
