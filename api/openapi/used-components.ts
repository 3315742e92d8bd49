import type { JsonObject } from './openapi-schemas.ts'

/** The references in a part of a document, in their order. */
const referencesIn = (part: unknown): string[] => {
  if (part === null || typeof part !== 'object') return []
  return Object.entries(part).flatMap(([key, value]) =>
    key === '$ref' && typeof value === 'string' ? [value] : referencesIn(value),
  )
}

/** The components that `paths` refers to, directly or through other components. */
export const usedComponents = (
  paths: JsonObject,
  components: Readonly<Record<string, JsonObject>>,
): Record<string, JsonObject> => {
  const used = new Set<string>()
  const follow = (part: unknown): void => {
    for (const reference of referencesIn(part)) {
      if (used.has(reference)) continue
      used.add(reference)
      const [, , kind = '', name = ''] = reference.split('/')
      follow(components[kind]?.[name])
    }
  }
  follow(paths)
  return Object.fromEntries(
    Object.entries(components).map(([kind, ofKind]) => [
      kind,
      Object.fromEntries(Object.entries(ofKind).filter(([name]) => used.has(`#/components/${kind}/${name}`))),
    ]),
  )
}
