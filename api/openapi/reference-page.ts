import type { createOpenApiDocument } from './openapi-document.ts'
import type { JsonObject } from './openapi-schemas.ts'
import { operationHtml, type ReferenceOperation } from './reference-operation.ts'
import { fieldsHtml, kindHtml } from './reference-schemas.ts'
import { referenceStyle } from './reference-style.ts'
import { escapeHtml, inlineHtml, paragraphsHtml, textIn } from './reference-text.ts'

type OpenApiDocument = ReturnType<typeof createOpenApiDocument>

const operationsIn = ({ paths }: OpenApiDocument): ReferenceOperation[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, JsonObject>).map(([method, operation]) => ({
      method,
      path,
      operation,
    })),
  )

const hasTag = ({ operation }: ReferenceOperation, tag: string): boolean =>
  (operation['tags'] as string[]).includes(tag)

const contentsHtml = (
  groups: readonly [string, ReferenceOperation[]][],
  schemas: readonly string[],
): string => {
  const item = (id: string, text: string): string => `<li><a href="#${id}">${escapeHtml(text)}</a></li>`
  const lists = groups.map(
    ([tag, operations]) =>
      `<h4><a href="#${tag}">${tag}</a></h4><ul>${operations
        .map(({ operation }) => item(textIn(operation['operationId']), textIn(operation['operationId'])))
        .join('')}</ul>`,
  )
  return `${lists.join('')}<h4><a href="#schemas">Schemas</a></h4><ul>${schemas.map((name) => item(name, name)).join('')}</ul>`
}

const schemaHtml = (name: string, schema: JsonObject): string => {
  const { description } = schema
  const fields = fieldsHtml(schema)
  return `<article id="${name}">
<h3><a href="#${name}">${escapeHtml(name)}</a></h3>
${typeof description === 'string' ? paragraphsHtml(description) : ''}
${fields === '' ? `<p>${kindHtml(schema)}</p>` : fields}
</article>`
}

/** The reference of the API as a page: no script, no other file, for every width and both themes. */
export const referencePage = (openApi: OpenApiDocument): string => {
  const { info, tags, components } = openApi
  const schemas = Object.entries((components as unknown as { schemas: Record<string, JsonObject> }).schemas)
  const operations = operationsIn(openApi)
  const groups = tags.map(({ name }): [string, ReferenceOperation[]] => [
    name,
    operations.filter((operation) => hasTag(operation, name)),
  ])
  const contents = contentsHtml(
    groups,
    schemas.map(([name]) => name),
  )
  const shown = components as unknown as Record<string, Record<string, JsonObject>>
  const sections = tags.map(
    (
      { name, description },
      at,
    ) => `<section><h2 id="${name}">${name}</h2><p class="soft">${inlineHtml(description)}</p>
${(groups[at]?.[1] ?? []).map((operation) => operationHtml(operation, shown)).join('\n')}</section>`,
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${info.title}: API reference</title>
<style>${referenceStyle}</style>
</head>
<body>
<nav class="side" aria-label="Contents">${contents}</nav>
<main>
<h1>${info.title} API</h1>
${paragraphsHtml(info.description)}
<p>Every operation and shape here is in <a href="/openapi.json"><code>/openapi.json</code></a> (OpenAPI 3.1).</p>
<details class="top"><summary>Contents</summary><nav aria-label="Contents">${contents}</nav></details>
${sections.join('\n')}
<section><h2 id="schemas">Schemas</h2>
${schemas.map(([name, schema]) => schemaHtml(name, schema)).join('\n')}</section>
</main>
</body>
</html>
`
}
