import { createHash } from 'node:crypto'

/** Numbers from 0 to below 1, as `Math.random` gives them. */
export type Random = () => number

/** The same numbers for the same seed, on every machine (mulberry32). */
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

/** One of `items` by a number from 0 to below 1. Throws when there is none. */
export const chosen = <Item>(items: readonly Item[], chance: number): Item => {
  const item = items[Math.floor(chance * items.length)]
  if (item === undefined) throw new RangeError('there is nothing to choose from')
  return item
}

/** One of `items`, each as likely. Throws when there is none. */
export const pick = <Item>(random: Random, items: readonly Item[]): Item => chosen(items, random())

/** All of `items`, in an order of chance. */
export const shuffle = <Item>(random: Random, items: readonly Item[]): Item[] =>
  items
    .map((item) => ({ item, place: random() }))
    .sort((left, right) => left.place - right.place)
    .map(({ item }) => item)
