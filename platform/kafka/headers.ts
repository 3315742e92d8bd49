/** Headers of a record as kafkajs reads them: bytes, or a list when a name occurs several times. */
export type RecordHeaders =
  | Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>
  | undefined

/**
 * The text of a header, of the last one when the name occurs several times. `undefined` when there is none.
 */
export const headerText = (headers: RecordHeaders, name: string): string | undefined => {
  const found = headers?.[name]
  const last = Array.isArray(found) ? found.at(-1) : found
  return last?.toString()
}
