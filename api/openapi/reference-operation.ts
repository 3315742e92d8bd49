import { html } from 'hono/html'
import type { PageHtml } from '../../web/pages/frame.ts'
import { problemKinds } from '../problem.ts'
import { exampleValue } from './example-value.ts'
import { isCommonProblem } from './implied-problems.ts'
import type { JsonObject } from './openapi-schemas.ts'
import { fieldHtml, kindHtml } from './reference-schemas.ts'
import { inlineHtml, joined, paragraphsHtml, textIn } from './reference-text.ts'

/** An operation of the document, and where it stands. */
export type ReferenceOperation = { method: string; path: string; operation: JsonObject }

type Components = Record<string, Record<string, JsonObject>>
type Content = Record<string, { schema: JsonObject; examples?: JsonObject }>
type ShownResponse = { status: string; description: string; headers: string[]; content: Content }

const problemType = 'application/problem+json'

const responsesIn = (operation: JsonObject, components: Components): ShownResponse[] =>
  Object.entries(operation['responses'] as Record<string, JsonObject>).map(([status, given]) => {
    const { $ref } = given
    const response =
      $ref === undefined ? given : (components['responses']?.[textIn($ref).split('/').at(-1) ?? ''] ?? {})
    return {
      status,
      description: textIn(response['description']),
      headers: Object.keys(response['headers'] ?? {}),
      content: (response['content'] ?? {}) as Content,
    }
  })

const codesOf = ({ content }: ShownResponse): string[] => Object.keys(content[problemType]?.examples ?? {})

const codeLink = (code: string): PageHtml => html`<a href="/problems/${code}"><code>${code}</code></a>`

const problemHtml = (code: string, components: Components): PageHtml => {
  const value = components['examples']?.[code]?.['value'] as { detail?: string } | undefined
  return html`<p>${codeLink(code)} ${inlineHtml(value?.detail ?? '')}</p>`
}

const answerRow = (status: string, parts: readonly PageHtml[]): PageHtml =>
  html`<div class="answer"><span class="status ${Number(status) < 400 ? 'good' : 'bad'}">${status}</span><div>${parts}</div></div>`

/** The shape of an answer, or its type; of a stream of events both. */
const contentHtml = (type: string, schema: JsonObject): PageHtml => {
  if (schema['$ref'] !== undefined) return kindHtml(schema)
  const { data } = (schema['properties'] ?? {}) as { data?: { contentSchema: JsonObject } }
  return html`<code>${type}</code>${data === undefined ? '' : html` of ${kindHtml(data.contentSchema)}`}`
}

const answerHtml = (response: ShownResponse, components: Components): PageHtml | '' => {
  const { status, description, headers, content } = response
  const kinds = Object.entries(content)
    .filter(([type]) => type !== problemType)
    .map(([type, { schema }]) => contentHtml(type, schema))
  const codes = codesOf(response).filter((code) => !isCommonProblem(code))
  const answer = joined([...kinds, ...headers.map((name) => html`<code>${name}</code>`)], ', ')
  const isShown = kinds.length > 0 || codesOf(response).length === 0
  const lead = html`<p>${inlineHtml(description.split(' `')[0] ?? '')} <span class="dim">${answer}</span></p>`
  const parts = [...(isShown ? [lead] : []), ...codes.map((code) => problemHtml(code, components))]
  return parts.length === 0 ? '' : answerRow(status, parts)
}

const commonHtml = (responses: readonly ShownResponse[]): PageHtml => {
  const codes = responses.flatMap(codesOf).filter(isCommonProblem)
  const texts = codes.map(
    (code) => html`${codeLink(code)} ${problemKinds[code as keyof typeof problemKinds].status}`,
  )
  return html`<details><summary>Refusals that every request can meet</summary><p>${joined(texts, ', ')}</p></details>`
}

const curlHtml = ({ method, path, operation }: ReferenceOperation, body: unknown): PageHtml => {
  const lines = [
    `curl${method === 'get' ? '' : ` -X ${method.toUpperCase()}`} "$FIRSTCOME${path}"`,
    ...((operation['security'] as JsonObject[]).length === 0 ? [] : [`-H "Authorization: Bearer $TOKEN"`]),
    ...((operation['parameters'] ?? []) as JsonObject[])
      .filter((parameter) => parameter['in'] === 'header')
      .map(
        (parameter) =>
          `-H '${textIn(parameter['name'])}: ${textIn(exampleValue(parameter['schema'] as JsonObject, {}))}'`,
      ),
    ...(body === undefined
      ? []
      : [`-H 'Content-Type: application/json'`, `-d '${JSON.stringify(body, null, 2)}'`]),
  ]
  return html`<pre tabindex="0"><code>${lines.join(' \\\n  ')}</code></pre>`
}

const exampleHtml = (
  shown: ReferenceOperation,
  responses: readonly ShownResponse[],
  components: Components,
) => {
  const schemas = components['schemas'] ?? {}
  const body = (shown.operation['requestBody'] as { content: Content } | undefined)?.content[
    'application/json'
  ]
  const request = curlHtml(shown, body === undefined ? undefined : exampleValue(body.schema, schemas))
  const first = responses.find(({ content }) => content['application/json'] !== undefined)
  const answer = first?.content['application/json']?.schema
  if (answer?.['$ref'] === undefined) return request
  const value = JSON.stringify(exampleValue(answer, schemas), null, 2)
  return html`${request}<p class="dim">Answer ${first?.status}</p><pre tabindex="0"><code>${value}</code></pre>`
}

/** One operation of the reference page. Its anchor is its id. */
export const operationHtml = (shown: ReferenceOperation, components: Components): PageHtml => {
  const { method, path, operation } = shown
  const id = textIn(operation['operationId'])
  const parameters = (operation['parameters'] ?? []) as JsonObject[]
  const body = (operation['requestBody'] as { content: Content } | undefined)?.content['application/json']
  const responses = responsesIn(operation, components)
  return html`<article id="${id}">
<h3><a href="#${id}">${inlineHtml(textIn(operation['summary']))}</a></h3>
<p class="address"><span class="method ${method}">${method.toUpperCase()}</span> <code>${path}</code></p>
${operation['description'] === undefined ? '' : paragraphsHtml(textIn(operation['description']))}
${parameters.length === 0 ? '' : html`<h4>Parameters</h4>`}
${parameters.map(({ name, in: place, required, schema, description }) =>
  fieldHtml(
    `${place === 'query' ? '?' : ''}${textIn(name)}`,
    { ...(schema as JsonObject), description },
    required === true ? 'required' : '',
  ),
)}
${body === undefined ? '' : html`<h4>Body</h4><p>${kindHtml(body.schema)}</p>`}
<h4>Answers</h4>
<div>${responses.map((response) => answerHtml(response, components))}</div>
${commonHtml(responses)}
<details><summary>Example</summary>${exampleHtml(shown, responses, components)}</details>
</article>`
}
