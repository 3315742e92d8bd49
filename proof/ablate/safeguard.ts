/** One change to a file of the product: `find` stands exactly once in it, as it is written there, and `replace` takes its place. */
export type Edit = { file: string; find: string; replace: string }

/** The test that fails. */
export type CaughtBy = {
  file: string
  /** Its title as the file has it, or a beginning that no other test of the file has. That of a table carries its placeholders. */
  test: string
  /** Of a table: the title of the row that fails, or a beginning. Any row, when left out. */
  row?: string
  project: 'unit' | 'servers'
}

/** A rule that keeps a promise, how to take it out, and the test that fails when it is gone. */
export type Safeguard = {
  /** What it is called, once in the whole list: `the fence of confirm`. */
  name: string
  /** The section of docs/protocol.md that states it: `1. Decide`. */
  section: string
  /** What would happen without it, in one sentence. */
  protectsFrom: string
  /** Applied in order, they take the safeguard out of a copy and leave a program that runs. */
  edits: readonly Edit[]
  caughtBy: CaughtBy
}

/** A rule that can be taken out and nobody could tell, and the reason that this is so. */
export type NeedlessRule = { name: string; reason: string }
