import { withTimeout } from '../with-timeout.ts'

/** Commits the offsets of a group in the background. Nobody waits for it but tools that show a lag. */
export type OffsetCommits = {
  /** Commits this offset of a partition soon, unless a later one is noted before. */
  note(partition: number, offset: number): void
  /** Commits what has failed before, and was not replaced by a later offset. */
  retry(): void
  /** Commits nothing of what was noted: the partitions may be those of another member. */
  forget(): void
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
  let noted = new Map<number, number>()
  let working: Promise<void> | undefined

  const commitAll = async (): Promise<void> => {
    while (noted.size > 0) {
      const committing = noted
      noted = new Map()
      const later = noted
      try {
        await commit([...committing].map(([partition, offset]) => ({ partition, offset })))
      } catch (cause) {
        onFailed(cause)
        // Unless they were forgotten: another member may have the partitions now.
        if (noted === later) noted = new Map([...committing, ...later])
        break
      }
    }
    // At once, so that nothing is noted between the last look and this.
    working = undefined
  }
  const retry = (): void => {
    if (noted.size > 0) working ??= commitAll()
  }
  return {
    note(partition, offset) {
      noted.set(partition, offset)
      retry()
    },
    retry,
    forget() {
      noted = new Map()
    },
    async drained(timeoutMs) {
      if (working !== undefined)
        await withTimeout(working, timeoutMs, 'Kafka: no commit').catch(() => undefined)
    },
  }
}
