import { expect, inject } from 'vitest'
import { type PartOptions, type Running, startPart } from './start-part.ts'

type Part = 'api' | 'worker'

/** Two API processes and two workers, of which some leave and others join. */
export type Fleet = {
  /** Those that are there now. */
  readonly members: Readonly<Record<Part, readonly Running[]>>
  /** Starts who is missing. */
  fill(): Promise<void>
  /**
   * SIGTERM, and SIGKILL after the 8 s that are promised: then it did not end with a code, which is refused.
   */
  leaves(leaving: Running): Promise<void>
  /** What an orchestrator does: away with one, and another in its place. */
  restart(part: Part, leaving: Running | undefined): Promise<void>
  /** Another one beside them, with settings of its own, until `endOthers`. */
  startOther(part: Part, settings: Record<string, string>, options?: Partial<PartOptions>): Promise<Running>
  endOthers(): Promise<void>
  stop(): Promise<void>
}

/**
 * On servers that nobody else's workers use: workers of one Kafka are one group. `environment` is asked when
 * one is started.
 */
export const createFleet = (environment: () => Record<string, string>): Fleet => {
  const members: Record<Part, Running[]> = { api: [], worker: [] }
  const others = new Set<Running>()

  const start = (
    part: Part,
    settings: Record<string, string>,
    options: Partial<PartOptions>,
  ): Promise<Running> => {
    const folder = inject('folder')
    return startPart(part, { ...environment(), ...settings }, { folder, waitFor: 'ready', ...options })
  }
  /** As it is run: it waits until balancers have heard that it goes. */
  const join = async (part: Part, options: Partial<PartOptions> = {}): Promise<void> => {
    const joined = await start(part, { STOP_DELAY_MS: '500' }, options)
    members[part].push(joined)
  }
  const leaves = async (leaving: Running): Promise<void> => {
    for (const part of ['api', 'worker'] as const)
      members[part] = members[part].filter((running) => running !== leaving)
    await leaving.stop()
    others.delete(leaving)
    expect(await leaving.exited).toEqual({ code: 0, signal: null })
  }

  return {
    ...{ members, leaves },
    async fill() {
      const missing = (['api', 'worker'] as const).flatMap((part) =>
        Array.from({ length: 2 - members[part].length }, () => join(part)),
      )
      await Promise.all(missing)
    },
    async restart(part, leaving) {
      if (leaving === undefined) throw new Error(`there is no ${part}`)
      await leaves(leaving)
      await join(part, { port: Number(new URL(leaving.url).port) })
    },
    async startOther(part, settings, options = {}) {
      const started = await start(part, settings, options)
      others.add(started)
      return started
    },
    async endOthers() {
      await Promise.all([...others].map((other) => other.stop()))
      others.clear()
    },
    async stop() {
      await Promise.all([...members.api, ...members.worker].map((member) => member.stop()))
    },
  }
}
