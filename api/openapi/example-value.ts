import type { JsonObject } from './openapi-schemas.ts'

const byType: Record<string, unknown> = { string: 'text', boolean: true, null: null }

/**
 * An example of a schema: its own one, else one made of its parts. `schemas` are those that references name.
 */
export const exampleValue = (schema: JsonObject, schemas: JsonObject): unknown => {
  const { $ref, examples, const: constant, enum: values, anyOf, oneOf, type, minimum } = schema
  if (Array.isArray(examples)) return examples[0]
  if (constant !== undefined) return constant
  if (Array.isArray(values)) return values[0]
  if (typeof $ref === 'string')
    return exampleValue((schemas[$ref.split('/').at(-1) ?? ''] ?? {}) as JsonObject, schemas)
  const [first] = [anyOf, oneOf].flatMap((choice) => (Array.isArray(choice) ? (choice as JsonObject[]) : []))
  if (first !== undefined) return exampleValue(first, schemas)
  if (type === 'array') return [exampleValue((schema['items'] ?? {}) as JsonObject, schemas)]
  if (type === 'object')
    return Object.fromEntries(
      Object.entries((schema['properties'] ?? {}) as Record<string, JsonObject>)
        .filter(([name]) => (schema['required'] as string[] | undefined)?.includes(name) === true)
        .map(([name, field]) => [name, exampleValue(field, schemas)]),
    )
  return type === 'integer' ? (minimum ?? 0) : byType[String(type)]
}
