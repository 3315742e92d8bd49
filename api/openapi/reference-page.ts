import { html } from 'hono/html'
import { framed, type PageHtml } from '../../web/pages/frame.ts'
import type { createOpenApiDocument } from './openapi-document.ts'
import type { JsonObject } from './openapi-schemas.ts'
import { operationHtml, type ReferenceOperation } from './reference-operation.ts'
import { fieldsHtml, kindHtml } from './reference-schemas.ts'
import { inlineHtml, paragraphsHtml, textIn } from './reference-text.ts'

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
): PageHtml => {
  const item = (id: string): PageHtml => html`<li><a href="#${id}">${id}</a></li>`
  const lists = groups.map(
    ([tag, operations]) =>
      html`<h4><a href="#${tag}">${tag}</a></h4><ul>${operations.map(({ operation }) => item(textIn(operation['operationId'])))}</ul>`,
  )
  return html`${lists}<h4><a href="#schemas">Schemas</a></h4><ul>${schemas.map(item)}</ul>`
}

const schemaHtml = (name: string, schema: JsonObject): PageHtml => {
  const { description } = schema
  const fields = fieldsHtml(schema)
  return html`<article id="${name}">
<h3><a href="#${name}">${name}</a></h3>
${typeof description === 'string' ? paragraphsHtml(description) : ''}
${fields === '' ? html`<p>${kindHtml(schema)}</p>` : fields}
</article>`
}

/** The reference of the API as a page without a script, for every width and both themes. */
export const referencePage = (openApi: OpenApiDocument): Promise<string> => {
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
    ) => html`<section><h2 id="${name}">${name}</h2><p class="dim">${inlineHtml(description)}</p>
${(groups[at]?.[1] ?? []).map((operation) => operationHtml(operation, shown))}</section>`,
  )
  return framed({
    language: 'en',
    title: `${info.title}: API reference`,
    styles: ['/assets/reference.css'],
    body: html`<nav class="side" aria-label="Contents">${contents}</nav>
<div class="reference">
<h1>${info.title} API</h1>
${paragraphsHtml(info.description)}
<p>Every operation and shape here is in <a href="/openapi.json"><code>/openapi.json</code></a> (OpenAPI 3.1).</p>
<details class="top"><summary>Contents</summary><nav aria-label="Contents">${contents}</nav></details>
${sections}
<section><h2 id="schemas">Schemas</h2>
${schemas.map(([name, schema]) => schemaHtml(name, schema))}</section>
</div>`,
  })
}
