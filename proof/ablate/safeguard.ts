/** Returns the text of a block without the safeguard. Throws `refused` when the block is not as expected. */
export type Change = (block: string) => string

/**
 * One change to the product's sources. The place is found by its marker, a comment line directly above the
 * statement: `// safeguard: <name>`, in Lua `-- safeguard: <name>`.
 */
export type Edit =
  | {
      /** Which of several places of one safeguard. The marker is then `<name> / <part>`. */
      part?: string
      change: Change
    }
  | {
      /** A file that must not have a marker. The change gets its whole text. */
      file: string
      /** Why it has none. */
      unmarked: string
      change: Change
    }

/** The test that fails. */
export type FailingTest = {
  file: string
  /**
   * Its title in the file, or a beginning that no other test of the file has. The title of a table keeps its
   * placeholders.
   */
  test: string
  /** In a table: the title of the row that fails, or a beginning. Without it, any row. */
  row?: string | undefined
  project: 'unit' | 'servers'
}

/** A rule that keeps a promise, how to take it out, and the test that fails without it. */
export type Safeguard = {
  /** Unique in the whole list, and the text of its markers: `the fence of confirm`. */
  name: string
  /** The section of docs/protocol.md that states it: `1. Decide`. */
  section: string
  /** What would happen without it, in one sentence. */
  protectsFrom: string
  /** Applied in order, they take the safeguard out of a copy and leave a program that runs. */
  edits: readonly Edit[]
  caughtBy: FailingTest
}

/** A rule that can be taken out without any visible difference, and the reason. */
export type NeedlessRule = { name: string; reason: string }

/** The marker of one edit of a safeguard. */
export const markerOf = (name: string, part: string | undefined): string =>
  part === undefined ? name : `${name} / ${part}`
