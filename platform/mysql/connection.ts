/** One connection inside a transaction. Values are escaped by the driver; a row is unknown until read. */
export type Connection = {
  rows(sql: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>
  /** Returns how many rows the statement changed. */
  change(sql: string, values?: readonly unknown[]): Promise<number>
}
