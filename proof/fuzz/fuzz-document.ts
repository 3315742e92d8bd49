type Json = { [key: string]: unknown }

const isObject = (value: unknown): value is Json =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

/** Every object closed: a field that the document does not describe is then a finding. */
const closed = (part: unknown): unknown => {
  if (Array.isArray(part)) return part.map(closed)
  if (!isObject(part)) return part
  const parts = Object.fromEntries(Object.entries(part).map(([name, value]) => [name, closed(value)]))
  return isObject(part['properties']) && part['type'] === 'object'
    ? { additionalProperties: false, ...parts }
    : parts
}

/** What the names in paths may be, so that requests reach something. */
export type KnownNames = Readonly<Record<string, readonly string[]>>

const withNames = (parameter: Json, names: KnownNames): Json => {
  const known = parameter['in'] === 'path' ? names[String(parameter['name'])] : undefined
  return known === undefined ? parameter : { ...parameter, schema: { type: 'string', enum: known } }
}

const withKnownNames = (paths: Json, names: KnownNames): Json =>
  Object.fromEntries(
    Object.entries(paths as Record<string, Record<string, Json>>).map(([path, methods]) => [
      path,
      Object.fromEntries(
        Object.entries(methods).map(([method, operation]) => [
          method,
          Array.isArray(operation['parameters'])
            ? {
                ...operation,
                parameters: operation['parameters'].map((one: Json) => withNames(one, names)),
              }
            : operation,
        ]),
      ),
    ]),
  )

/** The document as Schemathesis gets it: answers without undescribed fields, and paths to what exists. */
export const fuzzDocument = (openApi: Json, names: KnownNames): Json => {
  const { schemas, ...components } = openApi['components'] as Json
  return {
    ...openApi,
    paths: withKnownNames(openApi['paths'] as Json, names),
    components: { ...components, schemas: closed(schemas) },
  }
}
