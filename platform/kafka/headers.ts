/** Headers of a record as kafkajs reads them: bytes, and a list of them where a name stands there several times. */
export type RecordHeaders =
  | Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>
  | undefined

/** The text of a header, the last where a name stands there several times. `undefined` when there is none. */
export const headerText = (headers: RecordHeaders, name: string): string | undefined => {
  const found = headers?.[name]
  const last = Array.isArray(found) ? found.at(-1) : found
  return last?.toString()
}
