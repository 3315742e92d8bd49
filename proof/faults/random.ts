import { createHash } from 'node:crypto'

/** Numbers from 0 to below 1, as `Math.random` gives them. */
export type Random = () => number

/** The same sequence for the same seed, on every machine (mulberry32). */
export const createRandom = (seed: string): Random => {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A number from `min` to below `max`. */
export const between = (random: Random, min: number, max: number): number => min + random() * (max - min)

/** The item at a chance from 0 to below 1. Throws when there is no item. */
export const chosen = <Item>(items: readonly Item[], chance: number): Item => {
  const item = items[Math.floor(chance * items.length)]
  if (item === undefined) throw new RangeError('no item to choose from')
  return item
}

/** A random item, each equally likely. Throws when there is no item. */
export const pick = <Item>(random: Random, items: readonly Item[]): Item => chosen(items, random())

/** All items in random order. */
export const shuffle = <Item>(random: Random, items: readonly Item[]): Item[] =>
  items
    .map((item) => ({ item, order: random() }))
    .sort((left, right) => left.order - right.order)
    .map(({ item }) => item)
