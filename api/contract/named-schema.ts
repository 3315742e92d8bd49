import { z } from 'zod'

/** The schemas that have a name in the OpenAPI document, under `components/schemas`. */
export const namedSchemas = z.registry<{ id: string }>()

/**
 * Gives a schema its name in the OpenAPI document. Other schemas that contain it refer to it. Bodies and
 * answers are always named.
 */
export const named = <Schema extends z.ZodType>(id: string, schema: Schema): Schema => {
  namedSchemas.add(schema, { id })
  return schema
}
