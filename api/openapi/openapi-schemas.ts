import { z } from 'zod'
import { namedSchemas } from '../contract/named-schema.ts'

/** A part of a document: of JSON. */
export type JsonObject = Record<string, unknown>

const schemaUri = (id: string): string => `#/components/schemas/${id}`

const options = {
  // The schemas of answers have no transforms; those of bodies are described as they are sent.
  io: 'input' as const,
  override({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
    // A `date-time` needs no pattern of 300 characters beside it.
    if (jsonSchema.format === 'date-time') delete jsonSchema.pattern
    // Of what is transformed zod leaves `examples` out: they could be meant for either side.
    if (jsonSchema['sample'] !== undefined) jsonSchema.examples = [jsonSchema['sample']]
    delete jsonSchema['sample']
  },
}

const withoutDialect = ({ $schema: _dialect, $id: _id, ...schema }: JsonObject): JsonObject => schema

/** All named schemas: `components/schemas`. */
export const componentSchemas = (): JsonObject => {
  const { schemas } = z.toJSONSchema(namedSchemas, { ...options, uri: schemaUri })
  const sorted = Object.entries(schemas).sort(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(sorted.map(([id, schema]) => [id, withoutDialect({ ...schema })]))
}

/** A small schema, of a parameter. */
export const inlineSchema = (schema: z.ZodType): JsonObject =>
  withoutDialect({ ...z.toJSONSchema(schema, options) })

/** Refers to a named schema. */
export const schemaReference = (schema: z.ZodType): JsonObject => {
  const id = namedSchemas.get(schema)?.id
  if (id === undefined) throw new Error('a schema of a body or an answer has no name: see named()')
  return { $ref: schemaUri(id) }
}
