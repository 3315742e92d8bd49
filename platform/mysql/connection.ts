/** A row by the names of its columns. Its values are unknown until a row mapper has read them. */
export type SqlRow = Record<string, unknown>

/** Reads from the database. The driver escapes the values: a list of values fills `IN (?)`. */
export type SqlReader = {
  read(sql: string, values?: readonly unknown[]): Promise<SqlRow[]>
}

/** One connection, or the pool, as seen by those who run statements on it. */
export type Connection = SqlReader & {
  /** Returns how many rows the statement changed; an update to the values a row already has counts 0. */
  change(sql: string, values?: readonly unknown[]): Promise<number>
}
