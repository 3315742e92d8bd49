import { messageOf } from '../../platform/failure.ts'

/**
 * `warning`: it works today, but a promise or its speed depends on luck. `unknown`: the server did not tell.
 */
export type FindingLevel = 'ok' | 'warning' | 'failed' | 'unknown'

/** What is examined. */
export type FindingPlace = 'Redis' | 'Kafka' | 'database' | 'machine'

/** The result of one requirement. */
export type Finding = {
  place: FindingPlace
  name: string
  level: FindingLevel
  found: string
  expected: string
  /** The command or the setting that corrects it. */
  fix: string
  /** What it protects: a promise of docs/promises.md by its number, where there is one. */
  why: string
}

/** What was read, or the message with which the server refused. */
export type ReadResult<Value> = { value: Value } | { refused: string }

/** Reads what a server may refuse to report. Rejects when it does not answer, which is no refusal. */
export const readUnlessRefused = async <Value>(
  read: () => Promise<Value>,
  isRefusal: (cause: unknown) => boolean,
): Promise<ReadResult<Value>> => {
  try {
    return { value: await read() }
  } catch (cause) {
    if (!isRefusal(cause)) throw cause
    return { refused: messageOf(cause) }
  }
}

/** What a requirement finds. `expected` and `fix` are given where they depend on what was found. */
export type Assessment = { level: FindingLevel; found: string; expected?: string; fix?: string }

/** One thing that must be true of a server or a machine. */
export type Requirement<Reading> = {
  name: string
  expected: string
  fix: string
  why: string
  /** Undefined when what it concerns does not exist. */
  assess(reading: Reading): Assessment | undefined
}

/** All findings of one place. When `isRead` is false it did not answer, and nothing else is known of it. */
export type Examination = { place: FindingPlace; address: string; isRead: boolean; findings: Finding[] }

export const ok = (found: string): Assessment => ({ level: 'ok', found })
export const warning = (found: string): Assessment => ({ level: 'warning', found })
export const failed = (found: string): Assessment => ({ level: 'failed', found })
export const unknown = (found: string): Assessment => ({ level: 'unknown', found })

export const okWhen = (
  isOk: boolean,
  found: string,
  otherwise: 'warning' | 'failed' = 'failed',
): Assessment => ({ level: isOk ? 'ok' : otherwise, found })

/** Assesses what was read; unknown when the server refused. */
export const whenRead = <Value>(
  result: ReadResult<Value>,
  assess: (value: Value) => Assessment,
): Assessment => ('refused' in result ? unknown(result.refused) : assess(result.value))

/** Assesses one field of what was read; unknown when the server has no such field. */
export const whenFieldRead = (
  result: ReadResult<ReadonlyMap<string, string>>,
  name: string,
  assess: (value: string) => Assessment,
): Assessment =>
  whenRead(result, (fields) => {
    const value = fields.get(name)
    return value === undefined ? unknown(`the server does not report ${name}`) : assess(value)
  })

/** Compares versions by their numbers: `8.4.10` is at least `8.4`. */
export const isAtLeast = (version: string, least: string): boolean => {
  const [found, wanted] = [version, least].map((text) =>
    (/^[\d.]+/.exec(text)?.[0] ?? '').split('.').map(Number),
  )
  for (const [index, part] of (wanted ?? []).entries()) {
    const other = found?.[index] ?? 0
    if (other !== part) return other > part
  }
  return true
}

/** The finding of every requirement. */
export const findingsOf = <Reading>(
  place: FindingPlace,
  requirements: readonly Requirement<Reading>[],
  reading: Reading,
): Finding[] =>
  requirements.flatMap((requirement) => {
    const { name, why, assess } = requirement
    const assessment = assess(reading)
    if (assessment === undefined) return []
    const { level, found, expected = requirement.expected, fix = requirement.fix } = assessment
    return [{ place, name, level, found, expected, fix, why }]
  })
