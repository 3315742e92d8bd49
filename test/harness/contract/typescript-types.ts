/** A JSON schema, as far as the contract uses it. */
type JsonSchema = {
  $ref?: string
  type?: string | string[]
  const?: unknown
  enum?: unknown[]
  oneOf?: JsonSchema[]
  anyOf?: JsonSchema[]
  allOf?: JsonSchema[]
  items?: JsonSchema
  properties?: Record<string, JsonSchema>
  required?: string[]
  additionalProperties?: boolean | JsonSchema
  description?: string
}

type OpenApiDocument = { components: { schemas: Record<string, JsonSchema>; examples: object } }

const widthMax = 110

const literal = (value: unknown): string =>
  typeof value === 'string' ? `'${value.replace(/['\\]/g, '\\$&')}'` : JSON.stringify(value)

const words = (text: string, indent: string): string => {
  const oneLine = `${indent}/** ${text} */\n`
  if (oneLine.length <= widthMax + 1) return oneLine
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`
    if (lines.length > 0 && `${indent} * ${longer}`.length <= widthMax) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}\n`).join('')}${indent} */\n`
}

const union = (types: readonly string[]): string => [...new Set(types)].join(' | ')

const objectType = (
  { properties, required = [], additionalProperties }: JsonSchema,
  indent: string,
): string => {
  if (properties === undefined) {
    const values = typeof additionalProperties === 'object' ? typeOf(additionalProperties, indent) : 'unknown'
    return `Record<string, ${values}>`
  }
  const inner = `${indent}  `
  const fields = Object.entries(properties).map(([name, schema]) => {
    const comment = schema.description === undefined ? '' : words(schema.description, inner)
    // A field that is left out may be there with `undefined` too: a page of JavaScript does so.
    const isOptional = !required.includes(name)
    return `${comment}${inner}${name}${isOptional ? '?' : ''}: ${typeOf(schema, inner)}${isOptional ? ' | undefined' : ''}\n`
  })
  return `{\n${fields.join('')}${indent}}`
}

/** The type of one schema. Bounds and patterns have no types. */
const typeOf = (schema: JsonSchema, indent: string): string => {
  if (schema.$ref !== undefined) return schema.$ref.replace(/^.*\//, '')
  if (schema.const !== undefined) return literal(schema.const)
  if (schema.enum !== undefined) return union(schema.enum.map(literal))
  const either = schema.oneOf ?? schema.anyOf
  if (either !== undefined) return union(either.map((one) => typeOf(one, indent)))
  if (schema.allOf !== undefined) return schema.allOf.map((one) => typeOf(one, indent)).join(' & ')
  if (Array.isArray(schema.type)) return union(schema.type.map((type) => typeOf({ ...schema, type }, indent)))
  if (schema.type === 'object') return objectType(schema, indent)
  if (schema.type === 'array') {
    const items = typeOf(schema.items ?? {}, indent)
    return / [|&] /.test(items) ? `(${items})[]` : `${items}[]`
  }
  return schema.type === 'integer' ? 'number' : (schema.type ?? 'unknown')
}

/** TypeScript types of all schemas of an OpenAPI document, with the codes of its problems. */
export const typesOfDocument = ({ components }: OpenApiDocument): string => {
  const codes = Object.keys(components.examples).map((code) => `\n  | ${literal(code)}`)
  const types = Object.entries(components.schemas).map(([name, schema]) => {
    const comment = schema.description === undefined ? '' : words(schema.description, '')
    if (name !== 'Problem') return `${comment}type ${name} = ${typeOf(schema, '')}\n`
    const { code, ...properties } = schema.properties ?? {}
    const codeWords = words(code?.description ?? '', '  ')
    const others = typeOf({ ...schema, properties }, '').replace(/\}$/, `${codeWords}  code: ProblemCode\n}`)
    return `${comment}type Problem = ${others}\n`
  })
  return [
    '// Made from the OpenAPI document by `npm run openapi`: change the shapes in api/contract instead.\n',
    `/** Every code that this version knows. Later ones have more: expect codes that are new to you. */\ntype ProblemCode =${codes.join('')}\n`,
    ...types,
    `export type {\n${[...Object.keys(components.schemas), 'ProblemCode']
      .sort()
      .map((name) => `  ${name},\n`)
      .join('')}}\n`,
  ].join('\n')
}
