import { withTimeout } from '../with-timeout.ts'

/** Commits the offsets of a group in the background. Nobody waits for it but tools that show a lag. */
export type OffsetCommits = {
  /** Commits this offset of a partition soon, unless a later one is noted before. */
  note(partition: number, offset: number): void
  /** Resolves when what was noted is committed or has failed, or after `timeoutMs`. */
  drained(timeoutMs: number): Promise<void>
}

export type OffsetCommitsOptions = {
  commit(offsets: readonly { partition: number; offset: number }[]): Promise<void>
  onFailed(cause: unknown): void
}

/**
 * One commit at a time, with the newest offset of each partition. When the broker that coordinates the group
 * dies, kafkajs retries a commit for 15 s. Rows waited for that, batch after batch.
 */
export const createOffsetCommits = ({ commit, onFailed }: OffsetCommitsOptions): OffsetCommits => {
  const noted = new Map<number, number>()
  let working: Promise<void> | undefined

  const commitAll = async (): Promise<void> => {
    while (noted.size > 0) {
      const offsets = [...noted].map(([partition, offset]) => ({ partition, offset }))
      noted.clear()
      await commit(offsets).catch(onFailed)
    }
    // At once, so that nothing is noted between the last look and this.
    working = undefined
  }
  return {
    note(partition, offset) {
      noted.set(partition, offset)
      working ??= commitAll()
    },
    async drained(timeoutMs) {
      if (working !== undefined)
        await withTimeout(working, timeoutMs, 'Kafka: no commit').catch(() => undefined)
    },
  }
}
