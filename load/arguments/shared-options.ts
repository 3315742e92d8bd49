import { integer } from '../../platform/option.ts'

/** Presses of a warm-up, unless told otherwise. */
export const warmUpPresses = 10_000

/** `--warm-up`: a cold broker takes five to seven times as long, and every process still compiles. */
export const warmUpOption = integer({
  default: warmUpPresses,
  min: 0,
  max: 100_000,
  help: 'presses before anything is measured',
})

/** `--connections`: more of them than this would measure the generator. */
export const connectionsOption = (standard: number) =>
  integer({ default: standard, min: 1, max: 4_096, help: 'connections that ask at once' })
