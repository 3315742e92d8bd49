/** `unknown`: the server would not tell, and that is said as such. */
export type Status = 'ok' | 'warn' | 'fail' | 'unknown'

/** Where a requirement has to hold. */
export type Place = 'Redis' | 'Kafka' | 'database' | 'machine'

/** What came of one requirement, in plain words. */
export type Finding = {
  place: Place
  name: string
  status: Status
  found: string
  expected: string
  /** The command or the setting that mends it. */
  mend: string
  /** What it holds: a promise of docs/protocol.md, by its number, where there is one. */
  why: string
}

/** What a server would not tell, in its own words. */
export type Refusal = { refused: string }

/** An answer, or that there is none. */
export type Told<Value> = { value: Value } | Refusal

/** What a requirement says of a reading. `expected` and `mend` are given where they depend on what was found. */
export type Verdict = { status: Status; found: string; expected?: string; mend?: string }

/** One thing that has to be so, whatever was read. */
export type Requirement<Reading> = {
  name: string
  expected: string
  mend: string
  why: string
  /** Undefined: there is nothing that it could be said of. */
  judge(reading: Reading): Verdict | undefined
}

/** How one place is: where it is, and what was found there. `isRead` false: it could not be reached, and nothing is known. */
export type Examination = { place: Place; address: string; isRead: boolean; findings: Finding[] }

export const ok = (found: string): Verdict => ({ status: 'ok', found })
export const warn = (found: string): Verdict => ({ status: 'warn', found })
export const fail = (found: string): Verdict => ({ status: 'fail', found })
export const unknown = (found: string): Verdict => ({ status: 'unknown', found })

/** `ok` when it is met, else `otherwise`. */
export const met = (isMet: boolean, found: string, otherwise: 'warn' | 'fail' = 'fail'): Verdict => ({
  status: isMet ? 'ok' : otherwise,
  found,
})

/** Judges what was told; a refusal is unknown. */
export const whenTold = <Value>(told: Told<Value>, judge: (value: Value) => Verdict): Verdict =>
  'refused' in told ? unknown(told.refused) : judge(told.value)

/** Judges one field of what was told; without that field it is unknown. */
export const whenGiven = (
  told: Told<ReadonlyMap<string, string>>,
  name: string,
  judge: (value: string) => Verdict,
): Verdict =>
  whenTold(told, (fields) => {
    const value = fields.get(name)
    return value === undefined ? unknown(`the server does not tell ${name}`) : judge(value)
  })

/** Whether a version is at least another: `8.4.10` is at least `8.4`. */
export const isAtLeast = (version: string, least: string): boolean => {
  const [found, wanted] = [version, least].map((text) =>
    (/^[\d.]+/.exec(text)?.[0] ?? '').split('.').map(Number),
  )
  for (const [index, part] of (wanted ?? []).entries()) {
    const there = found?.[index] ?? 0
    if (there !== part) return there > part
  }
  return true
}

/** What every requirement says of a reading. */
export const findingsOf = <Reading>(
  place: Place,
  requirements: readonly Requirement<Reading>[],
  reading: Reading,
): Finding[] =>
  requirements.flatMap((requirement) => {
    const { name, why, judge } = requirement
    const verdict = judge(reading)
    if (verdict === undefined) return []
    const { status, found, expected = requirement.expected, mend = requirement.mend } = verdict
    return [{ place, name, status, found, expected, mend, why }]
  })
