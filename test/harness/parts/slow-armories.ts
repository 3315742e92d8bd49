import { type Armory, type ArmoryOptions, createArmory } from '../../../coupon/recovery/arm.ts'
import { createRebuildReader } from '../../../coupon/ledger/snapshot.ts'
import { createRebuilder } from '../../../coupon/recovery/rebuild.ts'
import { type Paused, pausedBefore } from './pauses.ts'

/** A call of an arming, in their order. `fill` is a chunk of the rebuild, `read` the newest settings, `put` the list. */
export type Step =
  | 'readMany'
  | 'inspect'
  | 'stop'
  | 'survivors'
  | 'mark'
  | 'reached'
  | 'cut'
  | 'rebuild'
  | 'fill'
  | 'read'
  | 'flip'
  | 'forget'
  | 'put'

/** An armory that is held back before one of its calls. */
export type SlowArmory = Omit<Paused<object>, 'part'> & { armory: Armory }

export const slowArmory = (parts: ArmoryOptions, step: Step): SlowArmory => {
  const { gate, campaigns, logEnds, rebuilder } = parts
  switch (step) {
    case 'readMany':
    case 'cut':
    case 'read': {
      const paused = pausedBefore(campaigns, step)
      return { ...paused, armory: createArmory({ ...parts, campaigns: paused.part }) }
    }
    case 'mark':
    case 'reached': {
      const paused = pausedBefore(logEnds, step)
      return { ...paused, armory: createArmory({ ...parts, logEnds: paused.part }) }
    }
    case 'put': {
      const paused = pausedBefore(parts.listing, step)
      return { ...paused, armory: createArmory({ ...parts, listing: paused.part }) }
    }
    case 'rebuild': {
      const paused = pausedBefore(rebuilder, step)
      return { ...paused, armory: createArmory({ ...parts, rebuilder: paused.part }) }
    }
    case 'fill': {
      // The rebuild has the gate from its own maker.
      const paused = pausedBefore(gate, step)
      const slow = createRebuilder(paused.part, createRebuildReader(parts.database))
      return { ...paused, armory: createArmory({ ...parts, rebuilder: slow }) }
    }
    case 'inspect':
    case 'stop':
    case 'survivors':
    case 'flip':
    case 'forget': {
      const paused = pausedBefore(gate, step)
      return { ...paused, armory: createArmory({ ...parts, gate: paused.part }) }
    }
  }
}

/** The parts of a keeper whose rival still believes to hold the lease, because that went with a connection. */
export const unleased = (parts: ArmoryOptions): ArmoryOptions => ({
  ...parts,
  database: { ...parts.database, leased: (names, _, work) => work(new Set(names)) },
})
