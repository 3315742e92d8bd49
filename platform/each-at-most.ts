/** Does `work` for every item, in order and at most `max` at once. Rejects as the first that rejects. */
export const eachAtMost = async <Item>(
  max: number,
  items: Iterable<Item>,
  work: (item: Item) => Promise<unknown>,
): Promise<void> => {
  const rest = items[Symbol.iterator]()
  const takeTurns = async (): Promise<void> => {
    for (let next = rest.next(); next.done !== true; next = rest.next()) await work(next.value)
  }
  await Promise.all(Array.from({ length: max }, takeTurns))
}
