/** A part of an OpenAPI document, without references. */
type Part = { readonly [key: string]: Part | undefined }

const keysOf = (part: Part | undefined): string[] => (part === undefined ? [] : Object.keys(part))
const textOf = (part: unknown): string => JSON.stringify(part) ?? 'nothing'
const textsOf = (part: Part | undefined): string[] => Object.values(part ?? {}).map(textOf)
const isSame = (was: unknown, is: unknown): boolean => textOf(was) === textOf(is)

/** The part with what its references lead to in their place. */
const withoutReferences = (document: Part, part: unknown): unknown => {
  if (part === null || typeof part !== 'object') return part
  if (Array.isArray(part)) return part.map((value) => withoutReferences(document, value))
  const { $ref: reference } = part as { $ref?: unknown }
  if (typeof reference === 'string')
    return withoutReferences(
      document,
      reference
        .slice(2)
        .split('/')
        .reduce<Part | undefined>((at, name) => at?.[name], document),
    )
  return Object.fromEntries(
    Object.entries(part).map(([name, value]) => [name, withoutReferences(document, value)]),
  )
}

/** What is sent may only be accepted in more forms; what is read may only say more. */
type Direction = 'sent' | 'read'
type Comparison = (at: string, was: Part, is: Part, direction: Direction) => string[]

const compareKinds: Comparison = (at, was, is) =>
  ['type', 'const', 'format', 'pattern']
    .filter((name) => !isSame(was[name], is[name]))
    .map((name) => `${at}: ${name} was ${textOf(was[name])} and is ${textOf(is[name])}`)

const lowerBounds = ['minimum', 'minLength', 'minItems']
const upperBounds = ['maximum', 'maxLength', 'maxItems']

const compareLimits: Comparison = (at, was, is, direction) => {
  if (direction === 'read') return []
  const limitOf = (part: Part, name: string, none: number): number => Number(part[name] ?? none)
  const narrower = [
    ...lowerBounds.filter((name) => limitOf(is, name, -Infinity) > limitOf(was, name, -Infinity)),
    ...upperBounds.filter((name) => limitOf(is, name, Infinity) < limitOf(was, name, Infinity)),
  ]
  const accepted = textsOf(is['enum'])
  return [
    ...narrower.map((name) => `${at}: ${name} was ${textOf(was[name])} and is ${textOf(is[name])}`),
    ...textsOf(was['enum'])
      .filter((value) => is['enum'] !== undefined && !accepted.includes(value))
      .map((value) => `${at}: ${value} is no longer accepted`),
  ]
}

const compareFields: Comparison = (at, was, is, direction) => {
  const [wasRequired, isRequired] = [textsOf(was['required']), textsOf(is['required'])]
  const changed =
    direction === 'sent'
      ? isRequired.filter((name) => !wasRequired.includes(name))
      : wasRequired.filter((name) => !isRequired.includes(name))
  return [
    ...changed.map((name) => `${at}: ${name} has become ${direction === 'sent' ? 'required' : 'optional'}`),
    ...keysOf(was['properties']).flatMap((name) =>
      compareSchemas(`${at}.${name}`, was['properties']?.[name], is['properties']?.[name], direction),
    ),
  ]
}

const compareSchemas = (
  at: string,
  was: Part | undefined,
  is: Part | undefined,
  direction: Direction,
): string[] => {
  if (was === undefined || isSame(was, is)) return []
  if (is === undefined) return [`${at} is gone`]
  const parts = ['oneOf', 'anyOf', 'allOf'].flatMap((kind) =>
    keysOf(was[kind]).flatMap((index) =>
      compareSchemas(`${at}|${index}`, was[kind]?.[index], is[kind]?.[index], direction),
    ),
  )
  return [
    ...[compareKinds, compareLimits, compareFields].flatMap((compare) => compare(at, was, is, direction)),
    ...compareSchemas(`${at}[]`, was['items'], is['items'], direction),
    ...parts,
  ]
}

const parametersIn = (operation: Part): Map<string, Part> =>
  new Map(
    Object.values(operation['parameters'] ?? {}).flatMap((parameter) =>
      parameter === undefined ? [] : [[`${textOf(parameter['in'])} ${textOf(parameter['name'])}`, parameter]],
    ),
  )

const compareParameters = (at: string, was: Part, is: Part): string[] => {
  const [older, newer] = [parametersIn(was), parametersIn(is)]
  const isRequired = (parameter: Part | undefined): boolean => textOf(parameter?.['required']) === 'true'
  return [
    ...[...older].flatMap(([name, parameter]) =>
      compareSchemas(`${at}: ${name}`, parameter['schema'], newer.get(name)?.['schema'], 'sent'),
    ),
    ...[...newer.keys()]
      .filter((name) => isRequired(newer.get(name)) && !isRequired(older.get(name)))
      .map((name) => `${at}: ${name} has become required`),
  ]
}

const compareContent: (...given: Parameters<typeof compareSchemas>) => string[] = (at, was, is, direction) =>
  keysOf(was?.['content']).flatMap((type) => {
    const [older, newer] = [was?.['content']?.[type], is?.['content']?.[type]]
    return newer === undefined
      ? [`${at}: ${type} is gone`]
      : compareSchemas(at, older?.['schema'], newer['schema'], direction)
  })

const compareOperations = (at: string, was: Part, is: Part | undefined): string[] => {
  if (is === undefined) return [`${at} is gone`]
  const isNewBody = was['requestBody'] === undefined && textOf(is['requestBody']?.['required']) === 'true'
  return [
    ...['operationId', 'security'].flatMap((name) =>
      isSame(was[name], is[name]) ? [] : [`${at}: ${name} has changed`],
    ),
    ...compareParameters(at, was, is),
    ...(isNewBody ? [`${at}: the body has become required`] : []),
    ...compareContent(`${at} body`, was['requestBody'], is['requestBody'], 'sent'),
    ...keysOf(was['responses']).flatMap((status) => {
      const now = is['responses']?.[status]
      // A problem that no longer occurs breaks nothing.
      if (now === undefined) return Number(status) < 300 ? [`${at}: ${status} is gone`] : []
      return compareContent(`${at} ${status}`, was['responses']?.[status], now, 'read')
    }),
  ]
}

/**
 * What a client of the OpenAPI document `before` would stumble over in `after`, in words. That is an
 * operation, parameter, answer or field that is gone or is of another kind. It is also what has become
 * narrower or required in a request, or optional in an answer. More fields, states and problem codes in
 * answers break nothing.
 */
export const findBreakingChanges = (before: unknown, after: unknown): string[] => {
  const pathsOf = (document: unknown): Part | undefined =>
    (withoutReferences(document as Part, document) as Part)['paths']
  const [older, newer] = [pathsOf(before), pathsOf(after)]
  return keysOf(older).flatMap((path) =>
    Object.entries(older?.[path] ?? {}).flatMap(([method, operation]) =>
      operation === undefined
        ? []
        : compareOperations(`${method.toUpperCase()} ${path}`, operation, newer?.[path]?.[method]),
    ),
  )
}
