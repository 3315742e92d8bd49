import { createRebuildReader } from '../../../coupon/ledger/rebuild-reader.ts'
import { type Arming, type ArmingOptions, createArming } from '../../../coupon/recovery/arming.ts'
import { createRebuilder } from '../../../coupon/recovery/rebuilder.ts'
import { type Paused, pausedBefore } from './paused-before.ts'

/**
 * A call of an arming, in their order. `fill` is a chunk of the rebuild, `read` the newest settings, `put`
 * the list.
 */
export type Step =
  | 'readMany'
  | 'inspect'
  | 'stop'
  | 'survivors'
  | 'mark'
  | 'waitForLedger'
  | 'cut'
  | 'rebuild'
  | 'fill'
  | 'read'
  | 'flip'
  | 'forget'
  | 'put'

/** An arming that is held back before one of its calls. */
export type PausedArming = Omit<Paused<object>, 'part'> & { arming: Arming }

export const pausedArming = (parts: ArmingOptions, step: Step): PausedArming => {
  const { gate, armingGate, campaigns, logEnds, rebuilder } = parts
  switch (step) {
    case 'readMany':
    case 'cut':
    case 'read': {
      const paused = pausedBefore(campaigns, step)
      return { ...paused, arming: createArming({ ...parts, campaigns: paused.part }) }
    }
    case 'mark':
    case 'waitForLedger': {
      const paused = pausedBefore(logEnds, step)
      return { ...paused, arming: createArming({ ...parts, logEnds: paused.part }) }
    }
    case 'put': {
      const paused = pausedBefore(parts.listing, step)
      return { ...paused, arming: createArming({ ...parts, listing: paused.part }) }
    }
    case 'rebuild': {
      const paused = pausedBefore(rebuilder, step)
      return { ...paused, arming: createArming({ ...parts, rebuilder: paused.part }) }
    }
    case 'fill': {
      // The rebuild has the gate from its own maker.
      const paused = pausedBefore(armingGate, step)
      const slow = createRebuilder(paused.part, createRebuildReader(parts.database))
      return { ...paused, arming: createArming({ ...parts, rebuilder: slow }) }
    }
    case 'inspect': {
      const paused = pausedBefore(gate, step)
      return { ...paused, arming: createArming({ ...parts, gate: paused.part }) }
    }
    case 'stop':
    case 'survivors':
    case 'flip':
    case 'forget': {
      const paused = pausedBefore(armingGate, step)
      return { ...paused, arming: createArming({ ...parts, armingGate: paused.part }) }
    }
  }
}

/**
 * The parts of a keeper whose rival still believes to hold the lease, because that went with a connection.
 */
export const unleased = (parts: ArmingOptions): ArmingOptions => ({
  ...parts,
  database: { ...parts.database, withLeases: (names, _, work) => work(new Set(names)) },
})
