/** Remembers names for a short while, in bounded memory: past the bound the oldest is forgotten. */
export type BriefMemory = {
  remember(name: string): void
  has(name: string): boolean
  forget(name: string): void
}

export type BriefMemoryOptions = { forMs: number; namesMax: number; monotonicMs(): number }

export const createBriefMemory = ({ forMs, namesMax, monotonicMs }: BriefMemoryOptions): BriefMemory => {
  const until = new Map<string, number>()
  return {
    remember(name) {
      const [oldest] = until.keys()
      if (until.size >= namesMax && oldest !== undefined) until.delete(oldest)
      until.set(name, monotonicMs() + forMs)
    },
    has: (name) => (until.get(name) ?? 0) > monotonicMs(),
    forget: (name) => void until.delete(name),
  }
}
